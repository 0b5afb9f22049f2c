import { readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import type { Clock } from '#infra/contracts/clock.ts'
import type { ElasticsearchConnection } from '#infra/elasticsearch/connect.ts'
import { openElasticsearchSearchIndex } from '#infra/elasticsearch/search-index.ts'
import { created, wire } from '../../support/enriched-event.ts'
import { LoopbackServer, respond } from '../../support/loopback-server.ts'

// What a server here cannot be made to say at will. The client is the real one; only the other side is played.

const HEADERS = {
  'x-elastic-product': 'Elasticsearch',
  'content-type': 'application/vnd.elasticsearch+json;compatible-with=8',
}
const json = (response: ServerResponse, status: number, body: unknown): void =>
  respond(response, status, HEADERS, JSON.stringify(body))

/** Ids of the creates of a bulk request. */
const idsOf = (body: string): string[] =>
  body.split('\n').flatMap((line) => (line.startsWith('{"create"') ? [JSON.parse(line).create._id as string] : []))
const itemsOf = (ids: readonly string[], status: (id: string) => number) => ({
  items: ids.map((id) => ({
    create: { status: status(id), ...(status(id) > 299 ? { error: { type: 'es_rejected_execution_exception' } } : {}) },
  })),
})

type AnswerBulk = (ids: readonly string[], response: ServerResponse, attempt: number) => void

/** A server without authors that answers bulk requests so; what each of them held is kept. */
async function bulkServer(answer: AnswerBulk) {
  const bulks: string[][] = []
  const server = await LoopbackServer.start((request, response) => {
    if (!request.url!.includes('_bulk')) return noAuthors(request, response)
    text(request).then((body) => {
      const ids = idsOf(body)
      bulks.push(ids)
      answer(ids, response, bulks.length)
    })
  })
  return Object.assign(server, { bulks })
}

const noAuthors = (_: IncomingMessage, response: ServerResponse): void => json(response, 200, { hits: { hits: [] } })

function recordingClock(): Clock & { readonly pauses: number[] } {
  const pauses: number[] = []
  return { pauses, now: () => 0, sleep: async (ms) => void pauses.push(ms) }
}

const openAt = (connection: ElasticsearchConnection, clock: Clock = recordingClock()) =>
  openElasticsearchSearchIndex({ connection, namespace: 'test', clock })
const mentions = (...ids: string[]) => ids.map((id) => wire(created(id)))

describe('a busy server', () => {
  it('gets only what it has refused once more, after a pause each, in both shapes of a refusal', async () => {
    await using server = await bulkServer((ids, response, attempt) => {
      if (attempt === 1) return json(response, 429, { error: { type: 'es_rejected_execution_exception' } })
      if (attempt === 2)
        return json(
          response,
          200,
          itemsOf(ids, (id) => (id === 'a:2' ? 429 : 201)),
        )
      if (attempt === 3)
        return json(
          response,
          200,
          itemsOf(ids, () => 503),
        )
      json(
        response,
        200,
        itemsOf(ids, () => 201),
      )
    })
    const clock = recordingClock()
    await using index = openAt({ nodes: [server.url] }, clock)
    expect(await index.write(mentions('a:1', 'a:2', 'a:3'))).toEqual(Array(3).fill({ kind: 'new' }))
    expect(server.bulks).toEqual([['a:1', 'a:2', 'a:3'], ['a:1', 'a:2', 'a:3'], ['a:2'], ['a:2']])
    expect(clock.pauses).toHaveLength(3)
  })

  it('that stays busy is told as transient', async () => {
    await using server = await bulkServer((_, response) => json(response, 429, {}))
    const clock = recordingClock()
    await using index = openAt({ nodes: [server.url] }, clock)
    await expect(index.write(mentions('a:1'))).rejects.toMatchObject({
      class: 'transient',
      code: 'ELASTICSEARCH_OVERLOADED',
    })
    // The pauses grow: jitter may shorten any, but not the longest of the last ones below the first one's limit.
    expect(Math.max(...clock.pauses.slice(-5))).toBeGreaterThan(200)
    expect(clock.pauses[0]).toBeLessThanOrEqual(200)
  })

  it('gets smaller requests when one is too large, and a document that alone is too large is rejected', async () => {
    await using server = await bulkServer((ids, response) => {
      if (ids.includes('a:2')) return respond(response, 413, HEADERS)
      json(
        response,
        200,
        itemsOf(ids, () => 201),
      )
    })
    await using index = openAt({ nodes: [server.url] })
    const outcomes = await index.write(mentions('a:1', 'a:2', 'a:3', 'a:4'))
    expect(outcomes).toMatchObject([
      { kind: 'new' },
      { kind: 'rejected', code: 'DOCUMENT_TOO_LARGE' },
      { kind: 'new' },
      { kind: 'new' },
    ])
  })
})

describe('a server that will not do', () => {
  const failing: readonly [string, number, Readonly<Record<string, string>>, object][] = [
    ['ELASTICSEARCH_FORBIDDEN', 401, HEADERS, { error: { type: 'security_exception' } }],
    ['ELASTICSEARCH_FORBIDDEN', 403, HEADERS, { error: { type: 'security_exception' } }],
    ['INDEX_MISSING', 404, HEADERS, { error: { type: 'index_not_found_exception' } }],
    ['ELASTICSEARCH_VERSION', 400, HEADERS, { error: { type: 'media_type_header_exception' } }],
    ['NOT_ELASTICSEARCH', 200, { 'content-type': 'application/json' }, {}],
  ]
  it.each(failing)('is a config error %s (%i)', async (code, status, headers, body) => {
    await using server = await LoopbackServer.start((_, response) =>
      respond(response, status, headers, JSON.stringify(body)),
    )
    await using index = openAt({ nodes: [server.url] })
    await expect(index.write(mentions('a:1'))).rejects.toMatchObject({ class: 'config', code })
    await expect(index.prepare()).rejects.toMatchObject({ class: 'config', code })
  })

  it('is transient when nobody answers', async () => {
    const server = await LoopbackServer.start(noAuthors)
    const { url } = server
    await server[Symbol.asyncDispose]()
    await using index = openAt({ nodes: [url] })
    await expect(index.write(mentions('a:1'))).rejects.toMatchObject({
      class: 'transient',
      code: 'ELASTICSEARCH_UNREACHABLE',
    })
  })
})

describe('a connection', () => {
  it.each([
    [{ username: 'ann', password: 'pass:word' }, `Basic ${Buffer.from('ann:pass:word').toString('base64')}`],
    [{ apiKey: 'a2V5OnNlY3JldA==' }, 'ApiKey a2V5OnNlY3JldA=='],
  ])('logs in', async (auth, header) => {
    await using server = await LoopbackServer.start(noAuthors)
    await using index = openAt({ nodes: [server.url], auth })
    await index.write([])
    expect(new Set(server.requests.map(({ headers }) => headers.authorization))).toEqual(new Set([header]))
  })

  it.each([{ username: 'ann', password: 'pass:word' }, { apiKey: 'a2V5OnNlY3JldA==' }])(
    'that fails tells nobody how it logs in',
    async (auth) => {
      await using server = await LoopbackServer.start((_, response) => json(response, 401, {}))
      const { url } = server
      await using index = openAt({ nodes: [url], auth })
      const errors: unknown[] = []
      await index.write(mentions('a:1')).catch((error: unknown) => errors.push(error))
      await server[Symbol.asyncDispose]()
      await index.write(mentions('a:1')).catch((error: unknown) => errors.push(error))
      expect(errors).toMatchObject([{ code: 'ELASTICSEARCH_FORBIDDEN' }, { code: 'ELASTICSEARCH_UNREACHABLE' }])
      const everything = inspect(errors, { depth: Number.POSITIVE_INFINITY, showHidden: true })
      const basic = Buffer.from('ann:pass:word').toString('base64')
      for (const secret of ['pass:word', basic, 'a2V5OnNlY3JldA']) expect(everything).not.toContain(secret)
    },
  )

  it('trusts the authority that it is given, and no other', async () => {
    const read = (name: string) => readFileSync(new URL(`../../fixtures/tls/${name}`, import.meta.url), 'utf8')
    const certificate = read('certificate.pem')
    const server = createServer({ key: read('key.pem'), cert: certificate }, noAuthors)
    await using closing = new AsyncDisposableStack()
    closing.defer(() => {
      server.closeAllConnections()
      server.close()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const nodes = [`https://127.0.0.1:${(server.address() as AddressInfo).port}`]
    await using trusting = openAt({ nodes, ca: certificate })
    expect(await trusting.write([])).toEqual([])
    await using doubting = openAt({ nodes })
    await expect(doubting.write([])).rejects.toMatchObject({ class: 'config', code: 'ELASTICSEARCH_UNTRUSTED' })
  })
})
