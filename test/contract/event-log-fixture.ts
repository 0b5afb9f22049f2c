import type { EventLog, LogRecord, NewRecord, SubscribeOptions } from '#infra/contracts/event-log.ts'
import type { Opener } from './children/start-child.ts'

export interface EventLogUnderTest {
  /** The same store each time: tests close it and come back. */
  open(): Promise<EventLog>
  readonly opener: Opener
}

/** What the parts of the suite work with. */
export interface EventLogFixture {
  /** The log as it is open now. */
  readonly log: EventLog
  readonly opener: Opener
  /** Closes the log and opens it again. */
  reopen(): Promise<EventLog>
  newTopic(partitions?: number): Promise<string>
}

let names = 0
/** No test sees the topics and groups of another one. */
export const freshName = (kind: string): string => `${kind}-${process.pid}-${names++}`

export const record = (key: string | null, text: string, partition?: number): NewRecord => {
  const value = new TextEncoder().encode(text)
  return { key, value, headers: { ce_type: 'mention.create' }, ...(partition === undefined ? {} : { partition }) }
}
export const text = ({ value }: { readonly value: Uint8Array }): string => new TextDecoder().decode(value)
export const texts = (records: readonly LogRecord[]): string[] => records.map(text)

export const group = (topic: string, name = freshName('group')): SubscribeOptions => {
  return { group: name, topic, maxRecords: 100, maxBytes: 1_000_000, idleMs: 20 }
}

/** Subscribes until `count` records have come; the answers are given in turn, the last one again and again. */
export async function consume(
  log: EventLog,
  options: SubscribeOptions,
  count: number,
  ...answers: readonly ('commit' | 'hold')[]
): Promise<string[]> {
  const seen: string[] = []
  const all = Promise.withResolvers<void>()
  let calls = 0
  const subscription = await log.subscribe(options, async ({ records }) => {
    if (records.length === 0) return 'hold'
    seen.push(...texts(records))
    if (seen.length >= count) all.resolve()
    return answers[Math.min(calls++, answers.length - 1)] ?? 'commit'
  })
  await Promise.race([all.promise, subscription.done])
  await subscription[Symbol.asyncDispose]()
  await subscription.done
  return seen
}
