import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { SearchIndex } from '#infra/contracts/search-index.ts'
import { createLogger } from '#infra/runtime/logger.ts'
import { systemClock } from '#infra/runtime/system-clock.ts'
import { parseQuery } from '#query/parse.ts'
import { demoBrands } from '../../demo/demo-brands.ts'
import { readDistributed } from '../../open-distributed.ts'
import { readEmbedded } from '../../open-embedded.ts'
import { startProgram } from '../../program.ts'
import { freshPlace, type ServerPlace } from '../../servers/server-place.ts'
import { bar } from '../../terminal/chart.ts'
import { ProgressBar } from '../../terminal/progress-bar.ts'
import type { Bench } from '../bench-run.ts'
import { figure, quantile } from '../figures.ts'
import { cpuOf } from '../process-usage.ts'
import { type Pace, PROBE_WORD, probeNumber, probeStepMs, probesOf } from './paced-connector.ts'

const PROCESS = join(import.meta.dirname, 'latency-process.ts')
const PARTITIONS = 6
const RATES = [100, 1_000]
const WARM_SECONDS = 10
const PROBES_PER_SECOND = 50
/** Between an answer and the next question: what is found has been there for at most so much longer. */
const POLL_MS = 50
const FOUND_AT_ONCE = 1_000
const STEPS_MS = [100, 200, 300, 400, 500, 750, 1_000, 1_500, 2_000, 3_000, 5_000, 10_000, Number.POSITIVE_INFINITY]
const WIDTH = 50

interface Latency {
  readonly mode: 'embedded' | 'distributed'
  readonly perSecond: number
  /** Mentions that no search has found. */
  readonly missing: number
  /** Milliseconds, of every mention that was watched. */
  readonly latencies: readonly number[]
  /** CPU of the pipeline's process as a share of a core. */
  readonly cpuShare: number | null
}

/** From the moment a mention is due until a search of another process finds it; all scores, archive and alerts on. */
export async function benchLatency({ folder, say, seconds, servers }: Bench): Promise<unknown> {
  const found = await servers()
  const lasts = seconds(30)
  say(`\nfrom due to found, ${lasts} s after ${WARM_SECONDS} s of warm-up, all scores, archive and alerts`)
  say(
    `  up to ${PROBES_PER_SECOND} mentions/s are watched by a search every ${POLL_MS} ms, which also refreshes the index`,
  )
  const measured: Latency[] = []
  for (const mode of ['embedded', 'distributed'] as const) {
    for (const perSecond of RATES) {
      const place = mode === 'distributed' ? freshPlace(found, 'latency', PARTITIONS) : null
      const pace = { perSecond, warmSeconds: WARM_SECONDS, seconds: lasts, probesPerSecond: PROBES_PER_SECOND }
      const latency = { mode, perSecond, ...(await measure(folder, place, pace)) }
      measured.push(latency)
      describe(latency, say)
    }
  }
  return measured
}

async function measure(folder: string, place: ServerPlace | null, pace: Pace) {
  const config = join(folder, 'latency.yaml')
  const data = join(folder, 'latency')
  const environment = place?.environment ?? {}
  const brands = demoBrands.map(({ id, name, query }) => ({ id, name, query }))
  // Its own connector takes the place of this one, which is never asked.
  const connectors = [{ id: 'paced', type: 'file', path: config, format: 'ndjson' }]
  await writeFile(config, JSON.stringify({ ...place?.configuration, brands, connectors }))
  await startProgram(['setup', '--config', config, '--data', data], { environment }).output
  const { child, output } = startProgram([config, data, JSON.stringify(pace)], { environment }, PROCESS)
  let ended = false
  const end = output.finally(() => {
    ended = true
  })
  end.catch(() => {}) // awaited below
  let cpuSeconds: number | null = null
  const sampling = setInterval(async () => {
    cpuSeconds = (await cpuOf(child.pid as number)) ?? cpuSeconds
  }, 500)
  try {
    const logger = createLogger('warn', (line) => process.stderr.write(line))
    await using installation =
      place === null
        ? await readEmbedded(data, 'earshot')
        : await readDistributed({ servers: place.servers, namespace: place.namespace, logger })
    const latencies = await watch(installation.index, pace, () => ended)
    await end
    const share = cpuSeconds === null ? null : (cpuSeconds as number) / (pace.warmSeconds + pace.seconds)
    return { latencies, missing: probesOf(pace) - latencies.length, cpuShare: share }
  } finally {
    clearInterval(sampling)
    child.kill('SIGKILL')
    await rm(data, { recursive: true, force: true })
  }
}

/** Asks again and again for what it has not seen; until all is seen, or the pipeline has ended and a last search knows no more. */
async function watch(index: SearchIndex, pace: Pace, hasEnded: () => boolean): Promise<readonly number[]> {
  const probes = probesOf(pace)
  const progress = new ProgressBar(process.stderr)
  const query = parseQuery(PROBE_WORD)
  const seen = new Map<number, number>()
  let firstUnseen = 0
  let since: number | null = null
  for (;;) {
    const isLast = hasEnded()
    const range = { since, until: null }
    const { hits } = await index.search({ query, brands: [], range, sort: 'oldest', limit: FOUND_AT_ONCE, after: null })
    const now = systemClock.now()
    for (const { content } of hits) {
      const { publishedAt, text } = content.mention
      const number = probeNumber(text)
      if (!seen.has(number)) seen.set(number, now - publishedAt)
      while (seen.has(firstUnseen)) firstUnseen++
      since = Math.floor(publishedAt + (firstUnseen - number) * probeStepMs(pace)) - 1
    }
    progress.update(seen.size / probes, `${seen.size} of ${probes} found`)
    if (seen.size === probes || isLast) break
    await systemClock.sleep(POLL_MS)
  }
  progress.finish()
  return [...seen.values()]
}

function describe({ mode, perSecond, latencies, missing, cpuShare }: Latency, say: (line: string) => void): void {
  const [p50, p95, p99, most] = [0.5, 0.95, 0.99, 1].map((share) => figure(quantile(latencies, share)))
  const cpu = cpuShare === null ? '' : `, ${figure(cpuShare * 100)} % of a core`
  const lost = missing === 0 ? '' : `, ${missing} NEVER FOUND`
  say(`\n  ${mode}, ${perSecond}/s: p50 ${p50} ms, p95 ${p95} ms, p99 ${p99} ms, at most ${most} ms${cpu}${lost}`)
  let from = 0
  const rows = STEPS_MS.map((until) => {
    const count = latencies.filter((ms) => ms >= from && ms < until).length
    const label = Number.isFinite(until) ? `< ${until} ms` : 'more'
    from = until
    return { label, count }
  })
  const highest = Math.max(...rows.map(({ count }) => count))
  for (const { label, count } of rows)
    if (count > 0) say(`  ${label.padStart(12)} ${String(count).padStart(6)} ${bar(count, highest, WIDTH)}`)
}
