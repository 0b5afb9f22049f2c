import { installedModels } from '#enrich/installed-models.ts'
import { type CommandIo, ExitCode } from '../command-io.ts'
import { paintFor } from '../terminal/paint.ts'

/** The models and lists of this version: what they are, what they were made from and under which terms. */
export async function models(options: { readonly json?: boolean }, { output }: CommandIo): Promise<ExitCode> {
  const cards = installedModels()
  if (options.json) {
    for (const card of cards) output.write(`${JSON.stringify(card)}\n`)
    return ExitCode.Done
  }
  const paint = paintFor(output)
  for (const { name, version, title, data } of cards) {
    output.write(`${paint('bold', `${name}/${version}`)}  ${title}\n`)
    for (const source of data) output.write(`  made from ${source}\n`)
  }
  output.write('\nFigures, limits and known failures: docs/models.md\n')
  return ExitCode.Done
}
