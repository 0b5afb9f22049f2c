import { existsSync } from 'node:fs'
import { loadConfiguration } from '#infra/config/load-configuration.ts'
import { type CommandIo, ExitCode } from '../command-io.ts'
import { dataPath, openInstallation } from '../compose.ts'

export interface SetupOptions {
  readonly config: string
  readonly data?: string
  readonly json?: boolean
}

/** Makes the data directory with its topics and index; changes nothing that is there. */
export async function setup(options: SetupOptions, { output }: CommandIo): Promise<ExitCode> {
  const configuration = existsSync(options.config) ? await loadConfiguration(options.config) : null
  const data = dataPath(options.data, options.config)
  const namespace = configuration?.namespace ?? 'earshot'
  await using installation = await openInstallation({
    ...{ data, namespace, maxLogBytes: configuration?.storage.maxLogBytes ?? 4e9 },
  })
  const topics = Object.values(installation.topics)
  if (options.json) output.write(`${JSON.stringify({ data, topics })}\n`)
  else output.write(`${data} is ready: topics ${topics.join(', ')}, the search index and the archive.\n`)
  return ExitCode.Done
}
