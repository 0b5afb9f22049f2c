import { startProgram } from '../program.ts'
import { freshPlace } from '../servers/server-place.ts'
import { ProgressBar } from '../terminal/progress-bar.ts'
import type { Bench } from './bench-run.ts'
import { describeMemory } from './memory-chart.ts'
import { runCorpus, writeConfiguration, writeCorpus } from './run-corpus.ts'

const PARTITIONS = 6
const SAMPLE_MS = 1_000

/** Memory and CPU of one process that runs all stages on servers over many mentions. */
export async function benchSoak({ mentions, folder, say, servers }: Bench): Promise<unknown> {
  const place = freshPlace(await servers(), 'soak', PARTITIONS)
  const { configuration, environment } = place
  const count = mentions(1_000_000)
  await writeCorpus(folder, count)
  const options = { folder, name: 'soak', scores: true, stages: null, configuration, environment, sampleMs: SAMPLE_MS }
  const config = await writeConfiguration(options)
  await startProgram(['setup', '--config', config], { environment }).output
  const bar = new ProgressBar(process.stderr)
  const run = await runCorpus({ ...options, onProgress: (percent, text) => bar.update(percent / 100, text) })
  bar.finish()
  const rate = Math.round(run.mentionsPerSecond).toLocaleString('en-US')
  const cpu = run.cpuMicros === null ? '' : `, ${Math.round(run.cpuMicros)} µs of our CPU each`
  say(
    `\nsoak, distributed, all stages in one process: ${run.mentions.toLocaleString('en-US')} mentions in ${Math.round(run.seconds)} s (${rate}/s${cpu})`,
  )
  return { ...run, ...describeMemory(run, say) }
}
