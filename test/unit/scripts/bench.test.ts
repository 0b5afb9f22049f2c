import { describe, expect, it } from 'vitest'
import type { ReadItem } from '#infra/contracts/connector.ts'
import { figure, median, quantile, slope, spread } from '#scripts/bench/figures.ts'
import { HopMeter } from '#scripts/bench/hops/hop-meter.ts'
import { createPacedConnector, probeNumber, probeStepMs, probesOf } from '#scripts/bench/latency/paced-connector.ts'
import { describeMemory } from '#scripts/bench/memory-chart.ts'

describe('the figures of a bench', () => {
  it('are those of their definitions', () => {
    const values = Array.from({ length: 100 }, (_, i) => 100 - i)
    expect([0.5, 0.95, 0.99, 1].map((share) => quantile(values, share))).toEqual([50, 95, 99, 100])
    expect(median([3, 1, 2])).toBe(2)
    expect(quantile([], 0.5)).toBeNaN()
    expect(slope([1, 2, 3, 4].map((x) => ({ x, y: 7 - 2 * x })))).toBeCloseTo(-2)
    expect(spread([12_345.6, 1_000, 99_999])).toBe('12,346 (1,000–99,999)')
    expect([figure(0.123), figure(-3.07), figure(250.4)]).toEqual(['0.12', '-3.1', '250'])
  })

  it('call memory flat or growing by what it does after the first third', () => {
    const run = (bytesAt: (second: number) => number) => ({
      ...{ mentions: 1_000_000, seconds: 300, mentionsPerSecond: 3_333, cpuMicros: null },
      memory: Array.from({ length: 300 }, (_, seconds) => ({ seconds, bytes: bytesAt(seconds) })),
    })
    const lines: string[] = []
    const say = (line: string) => void lines.push(line)
    expect(
      describeMemory(
        run((s) => 5e8 + Math.min(s, 90) * 1e6),
        say,
      )?.bytesPerMillion,
    ).toBeCloseTo(0)
    expect(lines.at(-1)).toMatch(/flat$/)
    expect(
      describeMemory(
        run((s) => 5e8 + s * 1e6),
        say,
      )?.bytesPerMillion,
    ).toBeCloseTo(3e8)
    expect(lines.at(-1)).toMatch(/GROWING$/)
  })
})

it('measures a hop from its first tenth to its last mention', () => {
  const meter = new HopMeter(100)
  expect(meter.add(9)).toBe(false)
  expect(() => meter.result).toThrow('9 of 100')
  expect([meter.add(1), meter.add(50), meter.add(40)]).toEqual([false, false, true])
  expect(meter.result.mentionsPerSecond).toBeGreaterThan(0)
})

describe('a connector that keeps a pace', () => {
  const pace = { perSecond: 100, warmSeconds: 1, seconds: 2, probesPerSecond: 20 }

  it('says when each mention was due, also when nobody took it in time', async () => {
    let now = 1_000_000
    const clock = {
      now: () => now,
      sleep: async (ms: number) => {
        now += ms
      },
    }
    const items: ReadItem[] = []
    for await (const item of createPacedConnector(pace, clock).read(null, new AbortController().signal)) {
      items.push(item)
      if (items.length === 50) now += 1_500 // its reader was away
    }
    const mentions = items.flatMap((item) =>
      item.kind === 'mention' && item.event.mention ? [item.event.mention] : [],
    )
    expect(mentions.map(({ publishedAt }) => publishedAt)).toEqual(
      Array.from({ length: 300 }, (_, i) => 1_000_000 + i * 10),
    )
    expect(now).toBe(1_000_000 + 2_990)
    const probes = mentions.filter(({ text }) => text?.includes('latencyprobe'))
    expect(probes).toHaveLength(probesOf(pace))
    expect(probes.map(({ text }) => probeNumber(text))).toEqual(Array.from({ length: 40 }, (_, i) => i))
    const [first, second] = probes.map(({ publishedAt }) => publishedAt)
    expect([first, second! - first!]).toEqual([1_001_000, probeStepMs(pace)])
    expect(items.at(-1)).toMatchObject({ kind: 'checkpoint', progress: { done: 300, total: 300 } })
  })
})
