import { readFileSync } from 'node:fs'
import { type AddressInfo, connect as connectTo } from 'node:net'
import { createServer } from 'node:tls'
import { describe, expect, it } from 'vitest'
import { AuthorStore } from '#infra/elasticsearch/author-store.ts'
import { connect } from '#infra/elasticsearch/connect.ts'
import { mentionAnalysis, mentionFields, mentionMapping, SHOWN } from '#infra/elasticsearch/mention-fields.ts'
import { indexNames } from '#infra/elasticsearch/names.ts'
import { openElasticsearchSearchIndex } from '#infra/elasticsearch/search-index.ts'
import { open } from '../../contract/openers/elasticsearch-search-index.ts'
import { asking, fixedClock, helpers, kinds } from '../../contract/search-index-fixture.ts'
import { connectionAt } from '../../support/elasticsearch-at.ts'
import { authorOperation, created, NOON, operation, updated } from '../../support/enriched-event.ts'
import { type Fault, FaultProxy } from '../../support/fault-proxy.ts'
import { freshNamespace } from '../../support/fresh-namespace.ts'
import { withServer } from '../../support/real-server.ts'

/** Without it the client takes an answer for somebody else's. */
const PRODUCT = { 'x-elastic-product': 'Elasticsearch' }

withServer('elasticsearch', (address) => {
  const connection = connectionAt(address)

  async function fresh() {
    const namespace = freshNamespace(connection)
    const index = await open(`${address} ${namespace}`, fixedClock(7))
    const client = connect(connection)
    const closing = new AsyncDisposableStack()
    closing.use(index)
    closing.defer(() => client.close())
    return Object.assign(closing, { index, client, names: indexNames(namespace), namespace, ...helpers(index) })
  }
  type Fresh = Awaited<ReturnType<typeof fresh>>

  /** The index of somebody else, or of another version. */
  const createForeign = ({ client, names }: Fresh, properties: object) =>
    client.indices.create({
      index: names.mentions,
      settings: { number_of_replicas: 0, analysis: mentionAnalysis },
      mappings: { ...mentionMapping, properties: { ...mentionFields, ...properties } },
      aliases: { [names.shown]: { filter: SHOWN } },
    })

  describe('the documents', () => {
    it('of deleted mentions hold nothing but that', async () => {
      await using it = await fresh()
      await it.index.prepare()
      await it.write(created('a:1', { text: 'secret', author: 'ann' }), operation('a:2', 'delete', 6))
      await it.write(operation('a:1', 'delete', 5))
      const { docs } = await it.client.mget({ index: it.names.mentions, ids: ['a:1', 'a:2'] })
      expect(docs.map((doc) => '_source' in doc && doc._source)).toEqual([
        { id: 'a:1', visible: false, deletedAt: 5 },
        { id: 'a:2', visible: false, deletedAt: 6, unheldSince: 7 },
      ])
    })

    it('that the mapping refuses are rejected one by one, without a word of theirs', async () => {
      await using it = await fresh()
      await createForeign(it, { language: { type: 'byte' } })
      await it.client.indices.create({
        index: it.names.authors,
        mappings: { properties: { key: { type: 'keyword' } } },
      })
      const wrong = { mention: { lang: { declared: null, detected: 'unmistakable', confidence: 1 } } }
      const outcomes = await it.write(
        created('a:1'),
        created('a:2', wrong),
        created('a:3'),
        created('a:4', wrong),
        updated('a:4', { rev: NOON + 9, brands: ['acme'], text: 'mended' }),
        operation('a:2', 'hide', NOON + 1),
      )
      const refused = { kind: 'rejected', code: 'DOCUMENT_REFUSED', message: expect.stringContaining('field language') }
      expect(outcomes).toEqual([
        { kind: 'new' },
        refused,
        { kind: 'new' },
        { kind: 'new' },
        { kind: 'replaced' },
        { kind: 'replaced' },
      ])
      expect(JSON.stringify(outcomes)).not.toContain('unmistakable')
      expect((await it.ids()).toSorted()).toEqual(['a:1', 'a:3', 'a:4'])
    })
  })

  describe('an index that is not as it must be', () => {
    it('is missing: config error, and none is made by the way', async () => {
      await using it = await fresh()
      await expect(it.write(created('a:1'))).rejects.toMatchObject({ class: 'config', code: 'INDEX_MISSING' })
      await expect(it.ids()).rejects.toMatchObject({ class: 'config', code: 'INDEX_MISSING' })
      await it.index.prepare()
      await it.client.indices.deleteAlias({ index: it.names.mentions, name: it.names.shown })
      await expect(it.write(created('a:1'))).rejects.toMatchObject({ class: 'config', code: 'INDEX_MISSING' })
      expect(await it.client.indices.exists({ index: it.names.shown })).toBe(false)
      // A second setup mends it.
      await it.index.prepare()
      await it.write(created('a:1'))
      expect(await it.ids()).toEqual(['a:1'])
    })

    it('has a field of another type: config error that names it', async () => {
      await using it = await fresh()
      await createForeign(it, { negative: { type: 'keyword' } })
      await expect(it.index.prepare()).rejects.toMatchObject({
        class: 'config',
        code: 'INDEX_MAPPING_WRONG',
        message: expect.stringContaining('negative is keyword'),
      })
    })

    it('was written before fields could be asked: config error, unless nothing is in it', async () => {
      await using it = await fresh()
      const { facts: _, ...earlier } = mentionFields
      const settings = { number_of_replicas: 0, analysis: mentionAnalysis }
      const aliases = { [it.names.shown]: { filter: SHOWN } }
      const mappings = { ...mentionMapping, properties: earlier }
      await it.client.indices.create({ index: it.names.mentions, settings, mappings, aliases })
      const { mentions: index } = it.names
      await it.client.index({ index, id: 'a:1', document: { id: 'a:1', platform: 'file' }, refresh: true })
      const older = { class: 'config', code: 'INDEX_OLDER', message: expect.stringContaining('without facts') }
      await expect(it.index.prepare()).rejects.toMatchObject(older)
      await it.client.delete({ index, id: 'a:1', refresh: true })
      await it.index.prepare()
      const { [index]: found } = await it.client.indices.getMapping({ index })
      expect(found!.mappings.properties).toHaveProperty('facts')
    })

    it('reads its tokens in another way: config error that names it', async () => {
      await using it = await fresh()
      await createForeign(it, { tokens: { type: 'text', analyzer: 'standard' } })
      await expect(it.index.prepare()).rejects.toMatchObject({
        class: 'config',
        code: 'INDEX_MAPPING_WRONG',
        message: expect.stringContaining('tokens has analyzer standard'),
      })
    })

    it('has a name that is taken by an index where the alias belongs: config error', async () => {
      await using it = await fresh()
      await it.client.indices.create({ index: it.names.shown, settings: { number_of_replicas: 0 } })
      await expect(it.index.prepare()).rejects.toMatchObject({ class: 'config', code: 'INDEX_NAME_TAKEN' })
    })

    it('shares its alias with another one: writing stops and no mention is taken for bad', async () => {
      await using it = await fresh()
      await it.index.prepare()
      const index = `${it.namespace}-theirs`
      await it.client.indices.create({
        ...{ index, settings: { number_of_replicas: 0 }, aliases: { [it.names.shown]: {} } },
      })
      const wrong = { class: 'config', code: 'ALIAS_WRONG', message: expect.stringContaining(index) }
      await expect(it.write(created('a:1'))).rejects.toMatchObject(wrong)
      await expect(it.index.prepare()).rejects.toMatchObject(wrong)
      await it.client.indices.delete({ index })
      expect(kinds(await it.write(created('a:1')))).toEqual(['new'])
    })

    it('has an alias with a routing, which a second setup takes away', async () => {
      await using it = await fresh()
      await it.index.prepare()
      await it.client.indices.putAlias({ index: it.names.mentions, name: it.names.shown, routing: 'one' })
      await it.index.prepare()
      const found = await it.client.indices.getAlias({ name: it.names.shown })
      expect(found[it.names.mentions]?.aliases[it.names.shown]).toEqual({ filter: SHOWN })
    })

    it('is closed: config error, not a dead letter for each mention', async () => {
      await using it = await fresh()
      await it.index.prepare()
      await it.client.indices.close({ index: it.names.mentions })
      const closed = { class: 'config', code: 'INDEX_CLOSED' }
      await expect(it.write(created('a:1'))).rejects.toMatchObject(closed)
      await expect(it.write(operation('a:1', 'hide', 1))).rejects.toMatchObject(closed)
      await expect(it.ids()).rejects.toMatchObject(closed)
      await it.client.indices.open({ index: it.names.mentions })
      expect(kinds(await it.write(created('a:1')))).toEqual(['new'])
    })

    it.each([
      ['read_only_allow_delete', 'transient', 'ELASTICSEARCH_DISK_FULL'],
      ['write', 'config', 'INDEX_BLOCKED'],
    ])('takes nothing (%s): %s error, and goes on when it is free', async (block, errorClass, code) => {
      await using it = await fresh()
      await it.index.prepare()
      for (const index of [it.names.mentions, it.names.authors]) {
        await it.client.indices.putSettings({ index, settings: { [`index.blocks.${block}`]: true } })
        const refused = { class: errorClass, code }
        const said = index === it.names.mentions ? created('a:1') : authorOperation('ann', 'delete', 1)
        await expect(it.write(said)).rejects.toMatchObject(refused)
        await it.client.indices.putSettings({ index, settings: { [`index.blocks.${block}`]: null } })
        expect(kinds(await it.write(said))).not.toContain('rejected')
      }
    })

    // A single node gives no shard away; what can be seen is that every search asks for an answer of all shards or none.
    it('is never answered for in part', async () => {
      await using it = await fresh()
      await it.index.prepare()
      await using proxy = await FaultProxy.start(connection.nodes[0]!)
      await using index = openElasticsearchSearchIndex({
        ...{ connection: { ...connection, nodes: [proxy.url] }, namespace: it.namespace, clock: fixedClock(0) },
      })
      const { write, ids } = helpers(index)
      await write(created('a:1', { author: 'ann' }), authorOperation('bob', 'delete', 1))
      for (const source of ['post', 'pos* NEAR/3 post']) {
        const asked = asking(source)
        await ids(asked)
        await index.aggregate({ ...asked, buckets: true, terms: ['author', 'word'], termLimit: 5 })
      }
      const searches = proxy.requests.flatMap(({ url = '' }) => (url.includes('_search') ? [url] : []))
      expect(searches.length).toBeGreaterThan(10)
      expect(searches.filter((url) => !url.includes('allow_partial_search_results=false'))).toEqual([])
      expect(proxy.requests.filter(({ url }) => url!.includes('_count'))).toEqual([])
    })

    it('lacks a field: writing stops, and a second setup adds it', async () => {
      await using it = await fresh()
      await it.client.indices.create({
        index: it.names.mentions,
        settings: { analysis: mentionAnalysis },
        mappings: { dynamic: 'strict', properties: { id: mentionFields.id, visible: mentionFields.visible } },
        aliases: { [it.names.shown]: { filter: SHOWN } },
      })
      await it.client.indices.create({
        index: it.names.authors,
        mappings: { dynamic: 'strict', properties: { key: { type: 'keyword' } } },
      })
      const written = it.write(created('a:1'))
      await expect(written).rejects.toMatchObject({ class: 'config', code: 'INDEX_MAPPING_WRONG' })
      await it.index.prepare()
      await it.write(created('a:1'))
      expect(await it.ids()).toEqual(['a:1'])
    })
  })

  describe('a connection by TLS', () => {
    it('to a server whose authority is given carries everything', async () => {
      const read = (name: string) => readFileSync(new URL(`../../fixtures/tls/${name}`, import.meta.url), 'utf8')
      const target = new URL(connection.nodes[0]!)
      const server = createServer({ key: read('key.pem'), cert: read('certificate.pem') }, (secured) => {
        const plain = connectTo(Number(target.port), target.hostname)
        for (const socket of [secured, plain]) socket.on('error', () => [secured, plain].map((end) => end.destroy()))
        secured.pipe(plain).pipe(secured)
      })
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      await using closing = new AsyncDisposableStack()
      closing.defer(() => void server.close())
      const nodes = [`https://127.0.0.1:${(server.address() as AddressInfo).port}`]
      const place = {
        namespace: freshNamespace(connection),
        clock: fixedClock(0),
        layout: { primaries: 1, replicas: 0 },
      }
      await using index = openElasticsearchSearchIndex({
        ...{ connection: { ...connection, nodes, ca: read('certificate.pem') }, ...place },
      })
      await index.prepare()
      await helpers(index).write(created('a:1'))
      expect(await helpers(index).ids()).toEqual(['a:1'])
      await using doubting = openElasticsearchSearchIndex({ connection: { ...connection, nodes }, ...place })
      await expect(doubting.prepare()).rejects.toMatchObject({ class: 'config', code: 'ELASTICSEARCH_UNTRUSTED' })
    })
  })

  describe('several writers', () => {
    it('of the same ids lose nothing to each other', async () => {
      await using it = await fresh()
      await it.index.prepare()
      const ids = Array.from({ length: 40 }, (_, i) => `a:${i}`)
      const writers = await Promise.all(
        Array.from({ length: 4 }, () => open(`${address} ${it.namespace}`, fixedClock(0))),
      )
      const outcomes = await Promise.all(
        writers.map(async (writer, n) => {
          const said = ids.map((id) => created(id, { rev: n, observedAt: 10 - n, text: `version ${n}` }))
          const result = await helpers(writer).write(...said)
          await writer[Symbol.asyncDispose]()
          return result
        }),
      )
      for (const i of ids.keys()) expect(outcomes.filter((each) => each[i]!.kind === 'new')).toHaveLength(1)
      const found = await it.index.get(ids)
      expect(new Set(found.map((hit) => hit?.content.mention.text))).toEqual(new Set(['version 3']))
      expect(new Set(found.map((hit) => hit?.firstObservedAt))).toEqual(new Set([7]))
    })

    it('of the same ids keep what each has said once', async () => {
      await using it = await fresh()
      await it.index.prepare()
      const [writers, calls] = [4, 6]
      const ids = Array.from({ length: 48 }, (_, i) => `a:${i}`)
      await it.write(...ids.map((id) => created(id, { rev: 0, observedAt: 100 })))
      // The first observation of an id is told by one writer in one call; what overwrites it unread loses it for ever.
      const isFirst = (i: number, writer: number, call: number) => i % writers === writer && i % calls === call
      const write = async (writer: number): Promise<void> => {
        await using index = await open(`${address} ${it.namespace}`, fixedClock(0))
        for (let call = 0; call < calls; call++) {
          const rev = 1 + call * writers + writer
          const observed = (i: number) => (isFirst(i, writer, call) ? 1 : 100 + rev)
          await helpers(index).write(...ids.map((id, i) => created(id, { rev, observedAt: observed(i) })))
        }
      }
      await Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)))
      const found = await it.index.get(ids)
      expect(found.map((hit) => hit?.firstObservedAt)).toEqual(ids.map(() => 1))
      expect(new Set(found.map((hit) => hit?.content.rev))).toEqual(new Set([writers * calls]))
    })

    it('know what one of them has done to an author before the others write', async () => {
      await using it = await fresh()
      await it.index.prepare()
      await using other = await open(`${address} ${it.namespace}`, fixedClock(0))
      const { write } = helpers(other)
      await write(created('a:0'))
      // The partition moves to the other one, which has not heard of these.
      await it.write(authorOperation('ann', 'delete', 9), authorOperation('bob', 'hide', 9))
      const late = [created('a:1', { author: 'ann', observedAt: 5 }), created('a:2', { author: 'bob' })]
      expect(kinds(await write(...late))).toEqual(['dropped', 'new'])
      expect(await it.ids()).toEqual(['a:0'])
      await it.write(authorOperation('ann', 'delete', 20), authorOperation('bob', 'restore', 20))
      expect(
        kinds(await write(created('a:3', { author: 'ann', observedAt: 15 }), created('a:4', { author: 'bob' }))),
      ).toEqual(['dropped', 'new'])
      expect((await it.ids()).toSorted()).toEqual(['a:0', 'a:2', 'a:4'])
    })

    it('know of more authors than one request tells, also when the first attempt fails', async () => {
      await using it = await fresh()
      await it.index.prepare()
      await using proxy = await FaultProxy.start(connection.nodes[0]!)
      await using other = openElasticsearchSearchIndex({
        ...{ connection: { ...connection, nodes: [proxy.url] }, namespace: it.namespace, clock: fixedClock(0) },
      })
      const { write } = helpers(other)
      await write(created('a:0'))
      const authors = Array.from({ length: 1_200 }, (_, n) => `author-${n}`)
      const client = connect(connection)
      await client.bulk({
        index: it.names.authors,
        operations: authors.flatMap((author) => [
          { create: { _id: `bluesky:${author}` } },
          { key: `bluesky:${author}`, until: 9, block: false, visibilityRev: null, hidden: null },
        ]),
      })
      await client.close()
      for (const path of ['_search', '_mget']) {
        proxy.plan = ({ url = '' }) => (url.includes(path) ? { status: 503, headers: PRODUCT } : 'pass')
        await expect(write(created('a:1', { author: 'author-1', observedAt: 5 }))).rejects.toMatchObject({
          class: 'transient',
        })
      }
      proxy.plan = () => 'pass'
      const late = authors.map((author, n) => created(`a:${n}`, { author, observedAt: 5 }))
      expect(new Set(kinds(await write(...late)))).toEqual(new Set(['dropped']))
    })

    it('take away what one of them was still writing while another worked through an erasure', async () => {
      await using it = await fresh()
      await it.index.prepare()
      await using proxy = await FaultProxy.start(connection.nodes[0]!)
      await using slow = openElasticsearchSearchIndex({
        ...{ connection: { ...connection, nodes: [proxy.url] }, namespace: it.namespace, clock: fixedClock(0) },
      })
      const { write } = helpers(slow)
      const [sent, erased] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
      proxy.plan = async ({ url = '' }): Promise<Fault> => {
        if (!url.includes('_bulk')) return 'pass'
        sent.resolve()
        await erased.promise
        return 'pass'
      }
      const writing = write(created('a:1', { author: 'ann', observedAt: 5 }))
      await sent.promise
      const erasure = authorOperation('ann', 'delete', 9)
      expect(await it.write(erasure)).toEqual([{ kind: 'removed' }])
      erased.resolve()
      expect(await writing).toEqual([{ kind: 'new' }])
      // Its own copy of the operation follows in its partition; that the row is known must not make it skip the pass.
      await write(created('a:0'))
      expect(await write(erasure, erasure)).toEqual([{ kind: 'removed' }, { kind: 'stale' }])
      expect(await it.ids()).toEqual(['a:0'])
    })

    it('finish an erasure that one of them has begun and not ended', async () => {
      await using it = await fresh()
      await it.index.prepare()
      await it.write(created('a:1', { author: 'ann', observedAt: 5 }))
      const erasure = authorOperation('ann', 'delete', 9)
      const crashed = new AuthorStore(it.client, it.names.authors)
      await crashed.catchUp()
      expect(await crashed.apply('bluesky:ann', erasure)).toBe(true)
      await using next = await open(`${address} ${it.namespace}`, fixedClock(0))
      const { write, ids } = helpers(next)
      expect(await write(erasure, erasure)).toEqual([{ kind: 'removed' }, { kind: 'stale' }])
      expect(await ids()).toEqual([])
      await using later = await open(`${address} ${it.namespace}`, fixedClock(0))
      expect(await helpers(later).write(erasure)).toEqual([{ kind: 'stale' }])
    })
  })
})
