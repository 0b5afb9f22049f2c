import { bar } from '../terminal/chart.ts'
import { figure, quantile, slope } from './figures.ts'
import type { CorpusRun } from './run-corpus.ts'

/** Caches and collectors have found their size by then. */
const WARM_SHARE = 1 / 3
const ROWS = 20
const WIDTH = 50
/** A rise below this, of what is resident, over a million mentions is no leak that anybody would notice. */
const FLAT_BYTES = 50e6
/** Fewer are over before memory has found its size. */
const TELLING_MENTIONS = 200_000

export interface MemoryTrend {
  readonly medianBytes: number
  readonly peakBytes: number
  /** Of the straight line after the warm-up, for each million mentions. */
  readonly bytesPerMillion: number
}

/** Draws what was resident over a run, and says whether it grew after the first third; null where the system tells nothing. */
export function describeMemory(
  { memory, seconds, mentions }: CorpusRun,
  say: (line: string) => void,
): MemoryTrend | null {
  const warm = memory.filter((sample) => sample.seconds >= seconds * WARM_SHARE)
  if (warm.length < 2) return null
  const peakBytes = Math.max(...memory.map(({ bytes }) => bytes))
  for (let row = 0; row < ROWS; row++) {
    const [from, until] = [(row / ROWS) * seconds, ((row + 1) / ROWS) * seconds]
    const within = memory.filter((sample) => sample.seconds >= from && sample.seconds < until)
    if (within.length === 0) continue
    const most = Math.max(...within.map(({ bytes }) => bytes))
    say(
      `  ${`${Math.round(until)} s`.padStart(7)} ${`${Math.round(most / 1e6)} MB`.padStart(8)} ${bar(most, peakBytes, WIDTH)}`,
    )
  }
  const perSecond = slope(warm.map((sample) => ({ x: sample.seconds, y: sample.bytes })))
  const bytesPerMillion = (perSecond * seconds * 1e6) / mentions
  const medianBytes = quantile(
    warm.map(({ bytes }) => bytes),
    0.5,
  )
  const trend = bytesPerMillion < FLAT_BYTES ? 'flat' : 'GROWING'
  const verdict = mentions < TELLING_MENTIONS ? 'too few mentions to tell' : trend
  say(
    `  median ${Math.round(medianBytes / 1e6)} MB, at most ${Math.round(peakBytes / 1e6)} MB; after the first third ${figure(bytesPerMillion / 1e6)} MB a million mentions: ${verdict}`,
  )
  return { medianBytes, peakBytes, bytesPerMillion }
}
