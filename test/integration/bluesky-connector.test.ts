import { describe, expect, it } from 'vitest'
import type { Connector, ReadItem } from '#infra/contracts/connector.ts'
import { createBlueskyConnector } from '#ingest/bluesky/bluesky-connector.ts'
import { lastCursor, mentionEvents, readUntil } from '../contract/connector.ts'
import { testContext } from '../support/connector-context.ts'
import { FastClock } from '../support/fast-clock.ts'
import { JetstreamServer, postCommit } from '../support/jetstream-server.ts'

const DID = 'did:plc:writer'

async function stage(servers = 1, speed = 200) {
  const clock = new FastClock(speed)
  const context = testContext()
  const all = await Promise.all(Array.from({ length: servers }, () => JetstreamServer.start(clock)))
  let posts = 0
  return {
    clock,
    logged: context.logged,
    servers: all,
    server: all[0] as JetstreamServer,
    open: (urls = all.map(({ url }) => url)): Connector =>
      createBlueskyConnector({ id: 'sky', urls, prefilter: true, latenessMs: 1 }, { ...context, clock }),
    /** New posts on every server; answers their ids. */
    publish(count: number, timeUs: number | null = null): string[] {
      return Array.from({ length: count }, () => {
        const rkey = `p${++posts}`
        for (const server of all) server.publish(postCommit(DID, rkey, 'create', { text: rkey }), timeUs)
        return idOf(rkey)
      })
    },
    async [Symbol.asyncDispose]() {
      for (const server of all) await server[Symbol.asyncDispose]()
      await context[Symbol.asyncDispose]()
    },
  }
}

const idOf = (rkey: string): string => `bluesky:at://${DID}/app.bsky.feed.post/${rkey}`

const ids = (items: readonly ReadItem[]): string[] => mentionEvents(items).map((event) => event.id)

const ignored = (items: readonly ReadItem[], reason: string): number =>
  items.reduce((sum, item) => sum + (item.kind === 'ignored' && item.reason === reason ? item.count : 0), 0)

describe('createBlueskyConnector', () => {
  it('asks for posts only, resumes five seconds earlier after a cut, and yields nothing twice in one life', async () => {
    await using scene = await stage()
    const expected = scene.publish(5)
    let cut = false
    const { items } = await readUntil(scene.open(), null, (seen) => {
      if (!cut && ids(seen).length === 5) {
        cut = true
        scene.server.cut()
        expected.push(...scene.publish(3))
      }
      return ids(seen).length === 8
    })
    expect(ids(items)).toEqual(expected)
    expect(ignored(items, 'repeat')).toBe(5)
    const [first, second] = scene.server.asked
    expect(first?.query.getAll('wantedCollections')).toEqual(['app.bsky.feed.post'])
    expect(first?.cursorUs).toBe(Number(lastCursor(items.slice(0, 1))) - 5_000_000)
    const lastOfFirstLife = Number(
      lastCursor(
        items.slice(
          0,
          items.findIndex((item) => item.kind === 'ignored'),
        ),
      ),
    )
    expect(second?.cursorUs).toBeGreaterThanOrEqual(lastOfFirstLife - 5_000_000)
    expect(second?.cursorUs).toBeLessThan(scene.clock.now() * 1000 - 5_000_000)
  })

  it('takes the place from account and identity events, so that a quiet filter does not stall it', async () => {
    await using scene = await stage()
    scene.server.publish({ did: DID, kind: 'identity', identity: { handle: 'ann.example' } })
    const { items } = await readUntil(scene.open(), null, (seen) => {
      if (seen.length === 1) scene.server.publish({ did: DID, kind: 'account', account: { active: true, seq: 1 } })
      return seen.some(({ kind }) => kind === 'author') && seen.at(-1)?.kind === 'checkpoint'
    })
    expect(Number(lastCursor(items))).toBeGreaterThan(Number(lastCursor(items.slice(0, 1))))
    expect(ignored(items, 'identity')).toBe(1)
  })

  it('remembers handles from identity events', async () => {
    await using scene = await stage()
    scene.server.publish({ did: DID, kind: 'identity', identity: { handle: 'ann.example' } })
    scene.publish(1)
    scene.server.publish({ did: DID, kind: 'identity', identity: {} })
    scene.publish(1)
    const { items } = await readUntil(scene.open(), null, (seen) => ids(seen).length === 2)
    expect(mentionEvents(items).map(({ mention }) => mention?.author?.handle)).toEqual(['ann.example', null])
  })

  it('says loudly when the server no longer has what came after the saved place', async () => {
    await using scene = await stage()
    const hourUs = 3_600_000_000
    const cursor = String(scene.clock.now() * 1000 - 48 * hourUs)
    scene.publish(2, scene.clock.now() * 1000 - 47 * hourUs)
    const kept = scene.publish(2, scene.clock.now() * 1000 - 36 * hourUs)
    scene.server.forgetBefore(scene.clock.now() * 1000 - 37 * hourUs)
    const { items } = await readUntil(scene.open(), cursor, (seen) => ids(seen).length === 2)
    expect(ids(items)).toEqual(kept)
    expect(ignored(items, 'gap in the stream')).toBe(1)
    expect(scene.logged).toContainEqual(expect.objectContaining({ level: 40, code: 'STREAM_GAP', connector: 'sky' }))
  })

  it('goes on with another server when one says nothing on an open socket', async () => {
    await using scene = await stage(2)
    scene.server.silent = true
    const expected = scene.publish(2)
    const { items } = await readUntil(scene.open(), null, (seen) => ids(seen).length === 2)
    expect(ids(items)).toEqual(expected)
    expect(scene.servers.every(({ asked }) => asked.length > 0)).toBe(true)
  })

  it('moves on in time when several servers agree that there is nothing', async () => {
    await using scene = await stage(2)
    const start = scene.clock.now()
    const reached = (items: readonly ReadItem[]): number =>
      Math.max(...items.map((item) => (item.kind === 'checkpoint' ? item.observedAt : 0)))
    const { items } = await readUntil(scene.open(), String(start * 1000), (seen) => reached(seen) > start + 30_000)
    expect(reached(items)).toBeGreaterThan(start + 30_000)
    expect(lastCursor(items)).toBe(String(start * 1000))
  })

  it('survives a connection that breaks within a frame', async () => {
    await using scene = await stage()
    const [, ...rest] = scene.publish(3)
    scene.server.takeOver = (_, raw) => {
      scene.server.takeOver = null
      raw.write(Buffer.from([0x81, 0x7e, 0x10, 0x00, ...Buffer.from('{"did":"did:plc:wri')]))
      setImmediate(() => raw.destroy())
    }
    const { items } = await readUntil(scene.open(), null, (seen) => ids(seen).includes(rest.at(-1) ?? ''))
    expect(ids(items)).toHaveLength(3)
    expect(items.some(({ kind }) => kind === 'dead')).toBe(false)
  })

  it('buries a frame that is none, once, and goes on', async () => {
    await using scene = await stage()
    scene.publish(1)
    let cut = false
    const { items } = await readUntil(scene.open(), null, (seen) => {
      if (!cut && ids(seen).length === 1) {
        cut = true
        scene.server.publishRaw('{"did": broken')
        scene.server.publishRaw(`${'['.repeat(10_000)}${']'.repeat(10_000)}`)
        scene.publish(1)
      }
      if (ids(seen).length === 2 && scene.server.asked.length === 1) scene.server.cut()
      return ignored(seen, 'repeat') === 4
    })
    const dead = items.filter((item) => item.kind === 'dead')
    expect(dead.map(({ code }) => code)).toEqual(['FRAME_UNKNOWN', 'FRAME_UNKNOWN'])
    expect(Buffer.from(dead[0]?.bytes ?? []).toString()).toBe('{"did": broken')
  })

  it('never goes back, however the time of the server does, nor ahead of now', async () => {
    await using scene = await stage()
    const nowUs = scene.clock.now() * 1000
    const times = [nowUs - 60_000_000, nowUs - 3_600_000_000, nowUs + 86_400_000_000 * 365]
    const expected = times.flatMap((timeUs) => scene.publish(1, timeUs))
    const cursor = String(nowUs - 3_700_000_000)
    const { items } = await readUntil(
      scene.open(),
      cursor,
      (seen) => ids(seen).length === 3 && seen.at(-1)?.kind === 'checkpoint',
    )
    expect(ids(items)).toEqual(expected)
    const cursors = items.flatMap((item) => (item.kind === 'checkpoint' ? [Number(item.cursor)] : []))
    expect(cursors).toEqual(cursors.toSorted((a, b) => a - b))
    expect(cursors.at(-1)).toBeLessThanOrEqual(scene.clock.now() * 1000)
    expect(cursors.at(-1)).toBeGreaterThanOrEqual(nowUs - 60_000_000)
  })

  it('gives up a connection that is faster than its reader, and loses nothing', async () => {
    await using scene = await stage(1, 20)
    const startUs = (scene.clock.now() - 100_000) * 1000
    const missing = new Set(Array.from({ length: 24_000 }, (_, at) => scene.publish(1, startUs + at * 1000)).flat())
    const abort = new AbortController()
    let stalled = false
    for await (const item of scene.open().read(String(startUs), abort.signal)) {
      if (item.kind === 'mention') missing.delete(item.event.id)
      // Nobody pulls until the connector has let go.
      if (!stalled) await until(() => scene.server.listeners === 0)
      stalled = true
      if (missing.size === 0) abort.abort()
    }
    expect(missing.size).toBe(0)
    expect(scene.server.asked.length).toBeGreaterThan(1)
    expect(scene.logged).toContainEqual(expect.objectContaining({ why: 'given up, because it is faster than we are' }))
  })

  it('reads on with the servers that do not refuse, and throws when all do', async () => {
    await using scene = await stage(2)
    const [gone, good] = scene.servers.map(({ url }) => url) as [string, string]
    const expected = scene.publish(1)
    for (let time = 0; time < 50; time++) scene.server.refusals.push({ status: 400 })
    const { items } = await readUntil(scene.open([gone, good]), null, (seen) => ids(seen).length === 1)
    expect(ids(items)).toEqual(expected)
    await expect(readUntil(scene.open([gone]), null, () => false)).rejects.toMatchObject({
      class: 'config',
      code: 'STREAM_REFUSED',
      message: expect.stringContaining('HTTP 400'),
    })
  })

  it('refuses the v2 wire, a foreign cursor and private addresses with the remedy', async () => {
    await using scene = await stage()
    const { signal } = new AbortController()
    const v2 = scene.open(['wss://jetstream.example/xrpc/network.bsky.jetstream.subscribeEvents'])
    await expect(v2.check(signal)).rejects.toMatchObject({ class: 'config', code: 'WIRE_UNSUPPORTED' })
    await expect(readUntil(v2, null, () => false)).rejects.toMatchObject({ code: 'WIRE_UNSUPPORTED' })
    expect(() => scene.open().read('{"page":1}', signal)).toThrow(
      expect.objectContaining({ code: 'CURSOR_UNREADABLE' }),
    )

    await using guarded = testContext({ allowPrivate: false })
    const options = { id: 'sky', urls: [scene.server.url], prefilter: true, latenessMs: 1 }
    await expect(createBlueskyConnector(options, guarded).check(signal)).rejects.toMatchObject({
      class: 'config',
      code: 'ADDRESS_REFUSED',
      message: expect.stringContaining('allowPrivate'),
    })
  })

  it('buries binary frames, for which it did not ask', async () => {
    await using scene = await stage()
    scene.server.takeOver = (socket) => socket.send(Buffer.from([40, 181, 47, 253]))
    const { items } = await readUntil(scene.open(), null, (seen) => seen.some(({ kind }) => kind === 'dead'))
    expect(items.at(-1)).toMatchObject({ code: 'FRAME_BINARY', bytes: Buffer.from([40, 181, 47, 253]) })
  })
})

/** The test's own time limit ends it otherwise. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5))
}
