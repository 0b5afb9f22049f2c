import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Ack, EventLog } from '#infra/contracts/event-log.ts'
import { type EventLogFixture, freshName, record, text } from './event-log-fixture.ts'

type Step =
  | { readonly kind: 'produce'; readonly keys: readonly string[] }
  | { readonly kind: 'consume'; readonly maxRecords: number; readonly answers: readonly (Ack | 'reject')[] }
  | { readonly kind: 'reopen' }

const PARTITIONS = 2
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant('produce' as const),
    keys: fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 12 }),
  }),
  fc.record({
    kind: fc.constant('consume' as const),
    maxRecords: fc.integer({ min: 1, max: 5 }),
    answers: fc.array(fc.constantFrom<(Ack | 'reject')[]>('commit', 'commit', 'hold', 'hold', 'reject'), {
      maxLength: 8,
    }),
  }),
  fc.record({ kind: fc.constant('reopen' as const) }),
)

/** Whatever is produced, committed, held, rejected and reopened: the log equals two arrays and two numbers. */
export function describeModel(on: EventLogFixture): void {
  it('agrees with a model of it, whatever is done in whatever order', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyStep, { minLength: 1, maxLength: 14 }), async (steps) => {
        const topic = await on.newTopic(PARTITIONS)
        const model: Model = { topic, group: freshName('group'), produced: [[], []], committed: [0, 0] }
        let number = 0
        for (const step of steps) {
          if (step.kind === 'reopen') await on.reopen()
          else if (step.kind === 'consume') await consumeStep(on.log, model, step.maxRecords, step.answers)
          else {
            const records = step.keys.map((key) => record(key, `${key}${number++}`))
            const positions = await on.log.produce(topic, records)
            for (const [i, { partition, offset }] of positions.entries()) {
              expect(offset).toBe(model.produced[partition]!.length)
              model.produced[partition]!.push(text(records[i]!))
            }
          }
        }
        for (let partition = 0; partition < PARTITIONS; partition++) {
          const stored = await on.log.read(topic, partition, 0, 1_000)
          expect(stored.map(text)).toEqual(model.produced[partition])
        }
      }),
      { numRuns: 20 },
    )
  })
}

interface Model {
  readonly topic: string
  readonly group: string
  readonly produced: string[][]
  readonly committed: number[]
}

/** Reads until everything was delivered once or the handler rejects. */
async function consumeStep(
  log: EventLog,
  model: Model,
  maxRecords: number,
  answers: readonly (Ack | 'reject')[],
): Promise<void> {
  const { topic, group, produced, committed } = model
  const left = answers.slice()
  const position = committed.slice()
  const everything = Promise.withResolvers<void>()
  const atEnd = () => position.every((offset, partition) => offset === produced[partition]!.length)
  if (atEnd()) return
  let rejected = false
  const options = { topic, group, maxRecords, maxBytes: 1_000_000, idleMs: 10_000 }
  const subscription = await log.subscribe(options, async ({ partition, records }) => {
    const from = position[partition]!
    const expected = produced[partition]!.slice(from, from + records.length)
    expect(records.map((r) => [r.offset, text(r)])).toEqual(expected.map((value, i) => [from + i, value]))
    const answer = left.shift() ?? 'hold'
    if (answer === 'reject') {
      rejected = true
      throw new Error('as the model says')
    }
    position[partition] = from + records.length
    if (answer === 'commit') committed[partition] = position[partition]
    if (atEnd()) everything.resolve()
    return answer
  })
  const ended = subscription.done.catch((error: Error) => {
    if (error.message !== 'as the model says') throw error
  })
  await Promise.race([everything.promise, ended])
  await subscription[Symbol.asyncDispose]()
  await ended
  expect(rejected || atEnd()).toBe(true)
  expect((await log.lag(group, topic)).map((row) => row.committed)).toEqual(committed)
}
