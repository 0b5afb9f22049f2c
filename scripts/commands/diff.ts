import { FoldedDeletes } from '#infra/runtime/archive-deletes.ts'
import { type CommandIo, ExitCode } from '../command-io.ts'
import { openForReading } from '../compose.ts'
import { archivePrefix } from '../installation.ts'
import { findBeside, listBesides, type NamedBeside } from '../replay/beside.ts'
import { compareIndices } from '../replay/compare-indices.ts'
import { diffJson, printDiff } from '../replay/print-diff.ts'
import { ScoreDiff } from '../replay/score-diff.ts'
import { writeLines } from '../terminal/columns.ts'
import { paintFor } from '../terminal/paint.ts'

export interface DiffOptions {
  readonly name?: string
  readonly config?: string
  readonly data?: string
  readonly examples: number
  readonly json?: boolean
}

/** Compares the scores in an index beside the live one with the live ones, mention by mention; without a name lists the indices. */
export async function diff(options: DiffOptions, { output, signal }: CommandIo): Promise<ExitCode> {
  await using installation = await openForReading(options.data, options.config)
  const { table, index, namespace, topics } = installation
  if (options.name === undefined) {
    const found = await listBesides(table)
    if (options.json) output.write(`${JSON.stringify(found)}\n`)
    else writeLines(output, listed(found))
    return ExitCode.Done
  }
  const { replays } = await findBeside(table, options.name)
  await using beside = await installation.beside(options.name)
  await using objects = await installation.objects()
  const deleted = await FoldedDeletes.of(objects, `${archivePrefix(namespace, topics.raw)}/`)
  const scores = new ScoreDiff(options.examples)
  const tallied = await compareIndices({ live: index, beside, deleted, replays, diff: scores, signal })
  if (signal.aborted) return ExitCode.Interrupted
  if (options.json) output.write(`${JSON.stringify(diffJson(options.name, tallied, scores.figures))}\n`)
  else writeLines(output, printDiff(options.name, tallied, scores.figures, paintFor(output)))
  return ExitCode.Done
}

function listed(besides: readonly NamedBeside[]): string[] {
  if (besides.length === 0) return ['There is no index beside the live one: "earshot replay --into NAME" makes one.']
  return besides.flatMap(({ name, beside: { topic, createdAt, replays } }) => [
    `${name}  from the ${topic} topic, begun ${time(Date.parse(createdAt))}`,
    ...replays.map(({ from, to, brand, sources }) => {
      const only = [...(brand === null ? [] : [`brand ${brand}`]), ...sources.map((source) => `source ${source}`)]
      return `  ${time(from)} to ${time(to)}${only.length > 0 ? `, only ${only.join(', ')}` : ''}`
    }),
  ])
}

const time = (at: number): string => `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`
