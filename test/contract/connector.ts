import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Connector, ReadItem } from '#infra/contracts/connector.ts'
import { PipelineError } from '#infra/contracts/errors.ts'
import { encode } from '#schemas/codec.ts'
import type { MentionEvent } from '#schemas/generated.ts'

/** A source that the suite plays with; `undefined` methods are what the platform cannot do, and are listed in the test names. */
export interface SourceUnderTest extends AsyncDisposable {
  /** A new connector on this source, as after a restart: the same id, nothing remembered. */
  open(): Connector
  /** New posts; answers their mention ids in the order of publication. */
  publish(count: number): Promise<readonly string[]>
  /** Sets the text of a post to `text`. */
  readonly edit?: (id: string, text: string) => Promise<void>
  readonly remove?: (id: string) => Promise<void>
  /** One item that cannot be mapped, in the midst of the good ones. */
  readonly publishBad?: () => Promise<void>
  /** The next `times` requests are answered with 429 and a pause of `pauseMs`. */
  readonly throttle?: (times: number, pauseMs: number) => void
  /** What the connector slept so far by its clock, milliseconds. */
  readonly slept?: () => number
  /** From now on the source takes requests and never answers. */
  readonly stall?: () => void
  /** From now on the source is unusable in a way that only a person can repair (credentials, address, missing file). */
  breakDown(): void
}

export interface ConnectorSubject {
  readonly name: string
  /** What a platform cannot do has no method here; the suite says so instead of skipping in silence. */
  readonly can: { readonly [A in 'edit' | 'remove' | 'publishBad' | 'throttle' | 'stall']: boolean }
  /** Most lives of the kill test; fewer for slow sources. */
  readonly lives?: number
  start(): Promise<SourceUnderTest>
}

/** The promises of `Connector`, for every connector. A finite source (a file) has all its posts before `open`. */
export function describeConnectorContract(subject: ConnectorSubject): void {
  describe(`Connector contract: ${subject.name}`, () => {
    const promise = (ability: keyof ConnectorSubject['can'], name: string, run: () => Promise<void>): void => {
      if (subject.can[ability]) it(name, run)
      else it.skip(`${name} (${subject.name} has no way to ${ability})`, () => {})
    }

    it('checks a source that works', async () => {
      await using source = await subject.start()
      await source.publish(1)
      await source.open().check(new AbortController().signal)
    })

    it('check fails as read would, with an error that says what to do', async () => {
      await using source = await subject.start()
      await source.publish(1)
      source.breakDown()
      const checked = await rejection(source.open().check(new AbortController().signal))
      const read = await rejection(readUntil(source.open(), null, () => false))
      expect(checked).toBeInstanceOf(PipelineError)
      expect(read).toBeInstanceOf(PipelineError)
      const errors = [checked, read].map((error) => error as PipelineError)
      expect(errors.map((error) => error.code)).toEqual([errors[0]?.code, errors[0]?.code])
      expect(errors.map((error) => error.class)).toEqual([errors[0]?.class, errors[0]?.class])
      expect(errors[0]?.class).not.toBe('transient')
      expect(errors[0]?.message.length).toBeGreaterThan(10)
    })

    it('yields every post as a well-formed event', async () => {
      await using source = await subject.start()
      const ids = await source.publish(7)
      const connector = source.open()
      const { items } = await readUntil(connector, null, covers(ids))
      const events = mentionEvents(items)
      expect(new Set(events.map((event) => event.id))).toEqual(new Set(ids))
      for (const event of events) expectWellFormed(event, connector)
    })

    it('ends by itself only when the source is finite, and marks the end of a polled round or that a stream has caught up', async () => {
      await using source = await subject.start()
      const ids = await source.publish(3)
      const connector = source.open()
      const enough = (seen: readonly ReadItem[]): boolean =>
        connector.supply !== 'finite' && covers(ids)(seen) && endsRound(connector, seen)
      const { items, ended } = await readUntil(connector, null, enough)
      expect(ended).toBe(connector.supply === 'finite')
      expect(items.at(-1)?.kind).toBe('checkpoint')
    })

    it('loses nothing and invents nothing when killed anywhere and resumed from its last saved cursor', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.nat({ max: 12 }), { minLength: 1, maxLength: subject.lives ?? 6 }),
          fc.integer({ min: 1, max: 9 }),
          async (kills, posts) => {
            await using source = await subject.start()
            const published = new Set(await source.publish(posts))
            const durable = new Set<string>()
            let cursor: string | null = null
            let finite = false
            for (const after of kills) {
              const connector = source.open()
              finite = connector.supply === 'finite'
              const { items } = await readUntil(connector, cursor, (seen) => seen.length > after)
              cursor = crash(items, durable) ?? cursor
              if (!finite) for (const id of await source.publish(1)) published.add(id)
            }
            const last = await readUntil(source.open(), cursor, (seen) => {
              const kept = new Set(durable)
              crash(seen, kept)
              return published.isSubsetOf(kept)
            })
            crash(last.items, durable)
            expect(durable).toEqual(published)
          },
        ),
        { numRuns: 12 },
      )
    })

    it('resumes from any cursor that it ever gave', async () => {
      await using source = await subject.start()
      const ids = await source.publish(9)
      const { items } = await readUntil(source.open(), null, covers(ids))
      const durable = new Set<string>()
      let cursors = 0
      for (const [index, item] of items.entries()) {
        if (item.kind !== 'checkpoint') continue
        cursors++
        durable.clear()
        crash(items.slice(0, index + 1), durable)
        const missing = ids.filter((id) => !durable.has(id))
        if (missing.length > 0) await readUntil(source.open(), item.cursor, covers(missing))
      }
      expect(cursors).toBeGreaterThan(0)
    })

    it('ends on abort without throwing, in the midst of posts', { timeout: 5_000 }, async () => {
      await using source = await subject.start()
      await source.publish(20)
      const { items } = await readUntil(source.open(), null, (seen) => mentionEvents(seen).length > 0)
      expect(items.length).toBeGreaterThan(0)
      const aborted = AbortSignal.abort()
      for await (const item of source.open().read(null, aborted)) expect(item).toBe('nothing after an abort')
    })

    promise('stall', 'ends on abort without throwing while the source is silent', async () => {
      await using source = await subject.start()
      source.stall?.()
      const abort = new AbortController()
      const connector = source.open()
      const reading = readUntil(connector, null, () => false, abort)
      setTimeout(() => abort.abort(), 50)
      const deadline = AbortSignal.timeout(5_000)
      const late = new Promise((_, reject) =>
        deadline.addEventListener('abort', () => reject(new Error('did not end'))),
      )
      await Promise.race([reading, late])
    })

    promise('edit', 'an edit is an update of the same id, later in order', async () => {
      await using source = await subject.start()
      const ids = await source.publish(3)
      const first = await readUntil(source.open(), null, covers(ids))
      const edited = ids[1]!
      await source.edit?.(edited, 'rewritten by its author')
      const found = (items: readonly ReadItem[]): MentionEvent | undefined =>
        mentionEvents(items).findLast((event) => event.id === edited && event.mention?.text?.includes('rewritten'))
      const second = await readUntil(source.open(), lastCursor(first.items), (items) => found(items) !== undefined)
      const event = found(second.items)!
      expect(event.op).toBe('update')
      const before = mentionEvents(first.items).find(({ id }) => id === edited)!
      expect(event.rev).toBeGreaterThan(before.rev)
    })

    promise('remove', 'a removal is a delete or hide of the same id, without content', async () => {
      await using source = await subject.start()
      const ids = await source.publish(3)
      const first = await readUntil(source.open(), null, covers(ids))
      await source.remove?.(ids[1]!)
      const found = (items: readonly ReadItem[]): MentionEvent[] =>
        mentionEvents(items).filter((event) => event.op === 'delete' || event.op === 'hide')
      const second = await readUntil(source.open(), lastCursor(first.items), (items) => found(items).length > 0)
      const removals = found(second.items)
      expect(removals.map((event) => event.id)).toEqual([ids[1]])
      expect(removals[0]?.mention).toBeNull()
      encode('MentionEvent', removals[0]!)
    })

    promise('publishBad', 'an item that cannot be mapped is kept with its bytes, and the others go on', async () => {
      await using source = await subject.start()
      const before = await source.publish(2)
      await source.publishBad?.()
      const ids = [...before, ...(await source.publish(2))]
      const dead = (items: readonly ReadItem[]) => items.filter((item) => item.kind === 'dead')
      const reader = source.open()
      const enough = (seen: readonly ReadItem[]): boolean =>
        covers(ids)(seen) && dead(seen).length > 0 && endsRound(reader, seen)
      const { items } = await readUntil(reader, null, enough)
      expect(dead(items)).toHaveLength(1)
      for (const item of dead(items)) {
        expect(item.bytes.length).toBeGreaterThan(0)
        expect(item.code).toMatch(/^[A-Z][A-Z_]+$/)
        expect(item.message.length).toBeGreaterThan(5)
      }
      const connector = source.open()
      if (connector.supply !== 'polled') return
      const again = await readUntil(connector, lastCursor(items), (seen) => endsRound(connector, seen))
      expect(dead(again.items)).toEqual([])
    })

    promise('throttle', 'waits out 429 as long as asked and then goes on', async () => {
      await using source = await subject.start()
      const ids = await source.publish(2)
      source.throttle?.(2, 7_000)
      const { items } = await readUntil(source.open(), null, covers(ids))
      expect(new Set(mentionEvents(items).map((event) => event.id))).toEqual(new Set(ids))
      expect(source.slept?.()).toBeGreaterThanOrEqual(14_000)
    })
  })
}

interface Reading {
  readonly items: readonly ReadItem[]
  /** The connector came to its end before `enough`. */
  readonly ended: boolean
}

/** Reads until `enough` says so (asked after each item) or the source ends; then aborts and waits for the end. */
export async function readUntil(
  connector: Connector,
  cursor: string | null,
  enough: (items: readonly ReadItem[]) => boolean,
  abort: AbortController = new AbortController(),
): Promise<Reading> {
  const items: ReadItem[] = []
  for await (const item of connector.read(cursor, abort.signal)) {
    if (abort.signal.aborted) continue
    items.push(item)
    if (enough(items)) abort.abort()
  }
  return { items, ended: !abort.signal.aborted }
}

export const mentionEvents = (items: readonly ReadItem[]): MentionEvent[] =>
  items.flatMap((item) => (item.kind === 'mention' ? [item.event] : []))

export const lastCursor = (items: readonly ReadItem[]): string | null =>
  items.findLast((item) => item.kind === 'checkpoint')?.cursor ?? null

/** Every id was yielded, and a checkpoint came after the last of them. */
const covers =
  (ids: readonly string[]) =>
  (items: readonly ReadItem[]): boolean => {
    const durable = new Set<string>()
    crash(items, durable)
    return ids.every((id) => durable.has(id))
  }

const endsRound = (connector: Connector, items: readonly ReadItem[]): boolean => {
  if (connector.supply === 'finite') return true
  const last = items.at(-1)
  return last?.kind === 'checkpoint' && last.progress !== undefined && last.progress.done === last.progress.total
}

/** What survives: only what stood before the last checkpoint. Answers the cursor that was saved. */
function crash(items: readonly ReadItem[], durable: Set<string>): string | null {
  const end = items.findLastIndex((item) => item.kind === 'checkpoint')
  for (const event of mentionEvents(items.slice(0, end + 1))) durable.add(event.id)
  return lastCursor(items)
}

function expectWellFormed(event: MentionEvent, connector: Connector): void {
  encode('MentionEvent', event) // throws when it does not fit its schema
  expect(event.op).toBe('create')
  expect(event.id.startsWith(`${event.source.platform}:`)).toBe(true)
  expect(event.source).toMatchObject({ connector: connector.id, latenessMs: connector.latenessMs })
  expect(event.mention).not.toBeNull()
  expect(event.mention?.publishedAt).toBeLessThanOrEqual(event.observedAt + 3_600_000)
  expect(event.mention?.text).not.toBe('')
  const payload = event.payload
  expect(payload?.bytes?.length).toBeGreaterThan(0)
  expect(payload?.sha256).toBe(
    createHash('sha256')
      .update(payload?.bytes ?? new Uint8Array())
      .digest('hex'),
  )
  expect(payload?.mapper).toMatch(/^[a-z]+\/\d+$/)
}

async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => null,
    (error: unknown) => error,
  )
}
