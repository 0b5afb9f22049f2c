import type { Clock } from '#infra/contracts/clock.ts'
import type { Connector, ReadItem } from '#infra/contracts/connector.ts'
import type { Mention, MentionEvent } from '#schemas/generated.ts'
import { demoTalk } from '../demo-talk.ts'

/** Stands in the mentions that are watched, and nowhere else. */
export const PROBE_WORD = 'latencyprobe'

export interface Pace {
  readonly perSecond: number
  /** Before the first mention that is watched. */
  readonly warmSeconds: number
  readonly seconds: number
  /** At most so many a second are watched. */
  readonly probesPerSecond: number
}

export const probesOf = (pace: Pace): number => Math.ceil((pace.seconds * pace.perSecond) / probeEvery(pace))
/** Between the moments of two that are watched. */
export const probeStepMs = (pace: Pace): number => (probeEvery(pace) * 1_000) / pace.perSecond
/** Which one it is, from 0, by its text. */
export const probeNumber = (text: string | null): number => Number(text?.split(' ').at(-1))

const probeEvery = ({ perSecond, probesPerSecond }: Pace): number =>
  Math.max(1, Math.round(perSecond / probesPerSecond))

/**
 * A stream that is never late: mention `i` is due at its moment by the clock, whatever became of those before, and carries that moment as
 * its time. What waits because the pipeline is slow is counted from the moment at which it was due.
 */
export function createPacedConnector(pace: Pace, clock: Clock): Connector {
  const { perSecond, warmSeconds, seconds } = pace
  const first = warmSeconds * perSecond
  const count = first + seconds * perSecond
  const every = probeEvery(pace)
  async function* read(_cursor: string | null, signal: AbortSignal): AsyncGenerator<ReadItem> {
    const said = [...demoTalk(count)] // all at once: to make them up takes its time
    const start = clock.now()
    for (let i = 0; i < count && !signal.aborted; ) {
      const due = start + (i * 1_000) / perSecond
      if (due > clock.now()) {
        await clock.sleep(Math.max(1, due - clock.now()), signal).catch(() => {})
        continue
      }
      const probe = i >= first && (i - first) % every === 0 ? (i - first) / every : null
      yield { kind: 'mention', event: dueAt(said[i] as Said, due, probe) }
      if (++i % perSecond === 0 || i === count) {
        const progress = { done: i, total: count, unit: 'items' as const }
        yield { kind: 'checkpoint', cursor: String(i), observedAt: clock.now(), progress }
      }
    }
  }
  return {
    ...{ id: 'paced', platform: 'demo', supply: 'streamed', latenessMs: 600_000, prefilter: false },
    check: async () => {},
    read,
  }
}

type Said = MentionEvent & { readonly mention: Mention }

function dueAt(event: Said, due: number, probe: number | null): MentionEvent {
  const at = Math.floor(due)
  const { mention } = event
  const text = probe === null ? mention.text : `${mention.text} ${PROBE_WORD} ${probe}`
  return { ...event, rev: at, observedAt: at, mention: { ...mention, publishedAt: at, text } }
}
