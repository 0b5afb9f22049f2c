import { describe, expect, it } from 'vitest'
import type { ReadItem } from '#infra/contracts/connector.ts'
import { createDemoConnector } from '#scripts/demo/demo-connector.ts'
import { type DemoEvent, demoCorpus } from '#scripts/demo/demo-corpus.ts'
import { SkippingClock } from '../../support/skipping-clock.ts'

const START = Date.UTC(2026, 10, 24, 12)

type Checkpoint = Extract<ReadItem, { kind: 'checkpoint' }>
const isCheckpoint = (item: ReadItem): item is Checkpoint => item.kind === 'checkpoint'
const idOf = (item: ReadItem): string => {
  const { event } = item as DemoEvent
  return 'id' in event ? `${event.id} ${event.op} ${event.rev}` : `${event.authorId} ${event.op}`
}
const eventsOf = (items: readonly ReadItem[]) => items.filter((item) => !isCheckpoint(item)).map(idOf)

/** Reads until the end, or until it has seen enough. */
async function read(
  {
    cursor = null,
    live = false,
    clock = new SkippingClock(START),
  }: { cursor?: string | null; live?: boolean; clock?: SkippingClock },
  enough: (items: readonly ReadItem[]) => boolean = () => false,
): Promise<ReadItem[]> {
  const ended = new AbortController()
  const items: ReadItem[] = []
  for await (const item of createDemoConnector({ seed: 1, live, clock }).read(cursor, ended.signal)) {
    items.push(item)
    if (enough(items)) ended.abort()
  }
  return items
}

/** True once it has said so many things beyond its thirty days. */
function isAlive(times: number) {
  let left = times
  return (items: readonly ReadItem[]): boolean => {
    const last = items.at(-1) as ReadItem
    return isCheckpoint(last) && last.progress === undefined && --left === 0
  }
}

describe('the source of the demo', () => {
  it('ends after its thirty days, with a checkpoint that says so', async () => {
    const items = await read({})
    expect(eventsOf(items)).toEqual(demoCorpus(1, START).map((item) => idOf(item)))
    const last = items.at(-1) as Checkpoint
    expect(last.progress).toEqual({ done: eventsOf(items).length, total: eventsOf(items).length, unit: 'items' })
  })

  it('goes on with the same story at any checkpoint, however late', async () => {
    const all = eventsOf(await read({}))
    const first = await read({}, (items) => items.length === 1_000)
    const { cursor } = first.filter(isCheckpoint).at(-1) as Checkpoint
    const rest = await read({ cursor, clock: new SkippingClock(START + 3 * 86_400_000) })
    const before = eventsOf(first.slice(0, first.findLastIndex(isCheckpoint) + 1))
    expect([...before, ...eventsOf(rest)]).toEqual(all)
  })

  it('stays alive when asked to: something now and then, each with a checkpoint, until it is told to stop', async () => {
    const past = demoCorpus(1, START).length
    const clock = new SkippingClock(START)
    const items = await read({ live: true, clock }, isAlive(11))
    const live = items.slice(items.findIndex((item) => isCheckpoint(item) && item.progress?.done === past) + 1)
    expect(live.length).toBeGreaterThan(20)
    expect(new Set(eventsOf(live)).size).toBe(eventsOf(live).length)
    const times = live.map((item) => (isCheckpoint(item) ? item.observedAt : (item as DemoEvent).event.observedAt))
    expect(Math.min(...times)).toBeGreaterThanOrEqual(START)
    expect(times.filter((time) => time > clock.now())).toEqual([])
  })

  it('tells the thirty days once: a restart of a live demo goes on living', async () => {
    const first = await read({ live: true }, isAlive(1))
    const { cursor } = first.at(-1) as Checkpoint
    expect(await read({ cursor })).toEqual([])
    const again = await read({ cursor, live: true }, (seen) => seen.length === 4)
    expect(again.filter(isCheckpoint).every(({ progress }) => progress === undefined)).toBe(true)
  })
})
