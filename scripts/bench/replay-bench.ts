import type { Environment } from '#infra/config/environment.ts'
import { startProgram } from '../program.ts'
import { freshPlace } from '../servers/server-place.ts'
import type { Bench } from './bench-run.ts'
import { cpuOf, memoryOf } from './process-usage.ts'
import { writeConfiguration, writeCorpus } from './run-corpus.ts'

const PARTITIONS = 4
const SAMPLE_MS = 250
const ALL = ['--from', '2000-01-01', '--to', '2100-01-01']
const NAME = 'bench'

interface Step {
  readonly mentions: number
  /** From the line that says that work begins to the end of the process. */
  readonly seconds: number
  readonly mentionsPerSecond: number
  /** Of the process; null where the system does not tell. */
  readonly peakBytes: number | null
  readonly cpuMicros: number | null
}

/**
 * The real program on three real servers: a file through the pipeline, then the archive in the bucket through the log, into an
 * index beside, back as it was scored, and the diff. Each as a share of the pipeline's own rate.
 */
export async function benchReplay({ mentions, folder, say, servers }: Bench): Promise<unknown> {
  const { configuration, environment } = freshPlace(await servers(), 'replay', PARTITIONS)
  const count = mentions(200_000)
  await writeCorpus(folder, count)
  const config = await writeConfiguration({
    ...{ folder, name: 'replay', scores: true, stages: null, configuration, environment },
  })
  await startProgram(['setup', '--config', config], { environment }).output
  say(`\nreplay from S3 on servers, ${count.toLocaleString('en-US')} mentions: as a share of the pipeline's rate`)
  const steps: Record<string, Step> = {}
  let pipeline = 0
  for (const [title, args] of [
    ['file through the pipeline', ['run', '--until-idle']],
    ['archive through the log', ['replay', ...ALL]],
    ['archive into an index beside', ['replay', ...ALL, '--into', NAME]],
    ['archive back as it was scored', ['replay', ...ALL, '--topic', 'enriched']],
    ['diff of the two indices', ['diff', NAME]],
  ] as const) {
    const step = await measure([...args, '--config', config, '--json'], environment)
    if (step.mentions !== count) throw new Error(`${title}: ${step.mentions} mentions, expected ${count}`)
    pipeline ||= step.mentionsPerSecond
    steps[title] = step
    say(`  ${title.padEnd(30)} ${line(step, pipeline)}`)
  }
  await startProgram(['replay', '--drop', NAME, '--config', config], { environment }).output
  return steps
}

function line({ mentionsPerSecond, peakBytes, cpuMicros }: Step, pipeline: number): string {
  const rate = Math.round(mentionsPerSecond).toLocaleString('en-US')
  const cpu = cpuMicros === null ? '' : `, ${Math.round(cpuMicros)} µs of our CPU each`
  const memory = peakBytes === null ? '' : `, at most ${Math.round(peakBytes / 1e6).toLocaleString('en-US')} MB`
  return `${(mentionsPerSecond / pipeline).toFixed(2)} (${rate}/s)${cpu}${memory}`
}

async function measure(args: readonly string[], environment: Environment): Promise<Step> {
  let startedAt = performance.now()
  const { child, output } = startProgram(args, {
    environment,
    onError: (text) => {
      if (/"(pipeline|replay) started"/.test(text)) startedAt = performance.now()
    },
  })
  let peakBytes: number | null = null
  let cpuSeconds: number | null = null
  const sampling = setInterval(async () => {
    const bytes = await memoryOf(child.pid as number)
    if (bytes !== null) peakBytes = Math.max(peakBytes ?? 0, bytes)
    cpuSeconds = (await cpuOf(child.pid as number)) ?? cpuSeconds
  }, SAMPLE_MS)
  try {
    const { handled, compared } = JSON.parse(await output) as { handled?: number; compared?: number }
    const mentions = handled ?? compared ?? 0
    const seconds = (performance.now() - startedAt) / 1_000
    const cpuMicros = cpuSeconds === null ? null : (cpuSeconds * 1e6) / mentions
    return { mentions, seconds, mentionsPerSecond: mentions / seconds, peakBytes, cpuMicros }
  } finally {
    clearInterval(sampling)
  }
}
