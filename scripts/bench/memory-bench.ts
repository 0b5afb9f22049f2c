import type { Bench } from './bench-run.ts'
import { describeMemory } from './memory-chart.ts'
import { runCorpus, writeCorpus } from './run-corpus.ts'

/** Memory of the embedded pipeline with everything on. */
export async function benchMemory({ mentions, folder, say }: Bench): Promise<unknown> {
  const count = mentions(500_000)
  await writeCorpus(folder, count)
  const run = await runCorpus({ folder, name: 'memory', scores: true, stages: null })
  say(`\nmemory, embedded, ${count.toLocaleString('en-US')} mentions (${Math.round(run.mentionsPerSecond)}/s)`)
  return { ...run, ...describeMemory(run, say) }
}
