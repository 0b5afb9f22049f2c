import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Bench } from './bench-run.ts'
import { spread } from './figures.ts'
import { type CorpusRun, runCorpus, writeCorpus } from './run-corpus.ts'

const WITHOUT_ARCHIVE = 'ingest,enrich,index'

/** From a file to everything searchable, embedded, with and without scores. */
export async function benchThroughput({ mentions, runs, folder, say }: Bench): Promise<unknown> {
  const count = mentions(100_000)
  await writeCorpus(folder, count)
  say(`\nfile to searchable, ${count.toLocaleString('en-US')} mentions, ${runs} runs: median (least–most)`)
  const measured: Record<string, readonly CorpusRun[]> = {}
  for (const [title, scores, stages] of [
    ['all scores', true, WITHOUT_ARCHIVE],
    ['all scores, archive and alerts', true, null],
    ['scores off', false, WITHOUT_ARCHIVE],
  ] as const) {
    const results: CorpusRun[] = []
    for (let run = 0; run < runs; run++) {
      results.push(await runCorpus({ folder, name: 'throughput', scores, stages }))
      await rm(join(folder, 'throughput'), { recursive: true, force: true })
    }
    measured[title] = results
    const rates = spread(results.map(({ mentionsPerSecond }) => mentionsPerSecond))
    say(
      `  ${title.padEnd(32)} ${rates}/s, ${spread(results.map(({ cpuMicros }) => cpuMicros ?? Number.NaN))} µs of CPU each`,
    )
  }
  return measured
}
