import { expect, it } from 'vitest'
import { startChild } from './children/start-child.ts'
import { consume, type EventLogFixture, group, record, texts } from './event-log-fixture.ts'

/** SIGKILL of the process that holds the log. What it had been told is durable is an obligation. */
export function describeCrashes(on: EventLogFixture): void {
  it('keeps what was acknowledged when the producer is killed', async () => {
    const topic = await on.newTopic(2)
    const log = await on.reopen()
    if (!log.supports.crossProcess) await log[Symbol.asyncDispose]()
    const { module, store } = on.opener
    await using child = startChild('produce.ts', [module, store, topic])
    const acknowledged = [...(await child.lines(2_000)), ...(await child.kill())].filter((line) =>
      /^\d+ [abc]$/.test(line),
    )
    const after = await on.reopen()
    const records = (await Promise.all([0, 1].map((partition) => after.read(topic, partition, 0, 1_000_000)))).flat()
    const stored = records.map(({ key, headers }) => `${headers.n} ${key}`)
    const missing = new Set(acknowledged).difference(new Set(stored))
    expect([...missing]).toEqual([])
    expect(new Set(stored).size).toBe(stored.length)
    for (const { value, headers } of records)
      expect(value.length).toBe(`${headers.n} `.length + (Number(headers.n) % 700))
    for (const key of ['a', 'b', 'c']) {
      const numbers = records.filter((r) => r.key === key).map(({ headers }) => Number(headers.n))
      expect(numbers).toEqual(numbers.toSorted((a, b) => a - b))
    }
    // The log is whole: it takes records and gives them out as before.
    await after.produce(topic, [record('d', 'after the crash', 0)])
    expect(texts(await after.read(topic, 0, 0, 1_000_000)).at(-1)).toBe('after the crash')
  })

  it('skips nothing when the consumer is killed', async () => {
    const topic = await on.newTopic(2)
    const options = group(topic)
    const before = await on.reopen()
    await before.produce(
      topic,
      Array.from({ length: 3_000 }, (_, i) => record(null, String(i), i % 2)),
    )
    if (!before.supports.crossProcess) await before[Symbol.asyncDispose]()
    const { module, store } = on.opener
    await using child = startChild('consume.ts', [module, store, topic, options.group])
    const lines = [...(await child.lines(60)), ...(await child.kill())]
    const log = await on.reopen()
    const lag = await log.lag(options.group, topic)
    for (const { partition, committed } of lag) {
      const handled = lines.filter((line) => line.startsWith(`${partition} `)).map((line) => Number(line.split(' ')[1]))
      expect(committed).toBeLessThanOrEqual((handled.at(-1) ?? -1) + 1)
    }
    expect(Math.max(...lag.map(({ committed }) => committed))).toBeGreaterThan(0)
    const left = lag.flatMap(({ partition, committed }) =>
      range(committed, 1_500).map((offset) => offset * 2 + partition),
    )
    expect((await consume(log, options, left.length)).map(Number).toSorted((a, b) => a - b)).toEqual(
      left.toSorted((a, b) => a - b),
    )
  })
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i)
