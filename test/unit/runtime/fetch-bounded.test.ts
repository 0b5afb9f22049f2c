import type { RequestListener } from 'node:http'
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PipelineError } from '#infra/contracts/errors.ts'
import { DEFAULT_LIMITS, displayUrl, type FetchLimits, fetchBounded } from '#infra/runtime/fetch-bounded.ts'
import { createGuardedDispatcher } from '#infra/runtime/guarded-dispatcher.ts'
import { LoopbackServer, respond } from '../../support/loopback-server.ts'

const dispatcher = createGuardedDispatcher({ allowPrivate: true })
let server: LoopbackServer
beforeAll(async () => {
  server = await LoopbackServer.start((_, response) => respond(response, 200))
})
afterAll(async () => {
  await dispatcher.destroy()
  await server[Symbol.asyncDispose]()
})

const TEXT = 'a feed, or so it seems'

async function get(answer: RequestListener, limits: Partial<FetchLimits> = {}, path = '/', signal?: AbortSignal) {
  server.answer = answer
  const url = path.startsWith('http') ? path : server.url + path
  const request = { url, headers: { authorization: 'secret' }, limits: { ...DEFAULT_LIMITS, ...limits } }
  return fetchBounded(request, dispatcher, signal ?? new AbortController().signal)
}

async function failure(attempt: Promise<unknown>): Promise<PipelineError> {
  const error = await attempt.then(
    () => null,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(PipelineError)
  return error as PipelineError
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString()

describe('fetchBounded unpacks', () => {
  it.each([
    ['gzip', gzipSync(TEXT)],
    ['x-gzip', gzipSync(TEXT)],
    ['br', brotliCompressSync(TEXT)],
    ['zstd', zstdCompressSync(TEXT)],
    ['deflate', deflateSync(TEXT)],
    ['deflate', deflateRawSync(TEXT)],
    ['gzip, br', brotliCompressSync(gzipSync(TEXT))],
    ['identity', Buffer.from(TEXT)],
    ['gzip', Buffer.from(TEXT)],
    ['', gzipSync(TEXT)],
  ])('content-encoding "%s"', async (encoding, body) => {
    const response = await get((_, answer) => respond(answer, 200, { 'content-encoding': encoding }, body))
    expect(text(response.bytes)).toBe(TEXT)
  })

  it.each([
    ['an unknown one', 'snappy', Buffer.from('x'), 'ENCODING_UNKNOWN', 'permanent'],
    ['three of them', 'gzip, gzip, gzip', gzipSync(TEXT), 'ENCODING_UNKNOWN', 'permanent'],
    ['a body cut off', 'gzip', gzipSync(TEXT.repeat(100)).subarray(0, 30), 'BODY_DAMAGED', 'transient'],
    ['noise', 'br', Buffer.from('noise'), 'BODY_DAMAGED', 'transient'],
  ])('but not %s', async (_, encoding, body, code, errorClass) => {
    const attempt = get((_request, answer) => respond(answer, 200, { 'content-encoding': encoding }, body))
    expect(await failure(attempt)).toMatchObject({ code, class: errorClass })
  })
})

describe('fetchBounded refuses', () => {
  it.each([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
    ['zstd', zstdCompressSync],
    ['deflate', deflateSync],
    ['', gzipSync],
  ])('a bomb (%s)', async (encoding, compress) => {
    const bomb = compress(Buffer.alloc(50_000_000))
    expect(bomb.length).toBeLessThan(100_000)
    const attempt = get((_, answer) => respond(answer, 200, { 'content-encoding': encoding }, bomb))
    const error = await failure(attempt)
    expect(error).toMatchObject({ code: 'BODY_TOO_LARGE', class: 'permanent' })
    expect(error.message).toMatch(
      /^127\.0\.0\.1:\d+: the body unpacks to more than 10,000,000 bytes; name an address that gives less$/,
    )
  })

  it('a body that is announced as too large, before it is read', async () => {
    const attempt = get((_, answer) => {
      answer.writeHead(200, { 'content-length': '50000000' })
      answer.write('the rest never comes')
    })
    expect(await failure(attempt)).toMatchObject({ code: 'BODY_TOO_LARGE' })
  })

  it('50 MB that were not announced, at the limit', async () => {
    let sent = 0
    const attempt = get((_, answer) => {
      const chunk = Buffer.alloc(1_000_000, 'x')
      const write = (): void => {
        while (sent < 50_000_000 && !answer.destroyed) {
          sent += chunk.length
          if (!answer.write(chunk)) return void answer.once('drain', write)
        }
        answer.end()
      }
      write()
    })
    expect(await failure(attempt)).toMatchObject({ code: 'BODY_TOO_LARGE' })
    expect(sent).toBeLessThan(50_000_000)
  })

  it('a slow drip, when its time is over', async () => {
    const attempt = get(
      (_, answer) => {
        answer.writeHead(200)
        const drip = setInterval(() => answer.write('.'), 5)
        answer.on('close', () => clearInterval(drip))
      },
      { timeoutMs: 100 },
    )
    const error = await failure(attempt)
    expect(error).toMatchObject({ code: 'FETCH_TIMEOUT', class: 'transient' })
    expect(error.message).toMatch(/^127\.0\.0\.1:\d+ did not answer in full within 0.1 s$/)
  })

  it('a connection that breaks, as something that may pass', async () => {
    const attempt = get((_, answer) => void answer.socket?.destroy())
    expect(await failure(attempt)).toMatchObject({ code: 'FETCH_FAILED', class: 'transient' })
  })

  it('what is no http URL, as a mistake of the configuration', async () => {
    expect(await failure(get(() => {}, {}, 'http://'))).toMatchObject({ code: 'URL_INVALID', class: 'config' })
  })

  it('and names no secret', async () => {
    const { host } = new URL(server.url)
    const attempt = get((_, answer) => void answer.socket?.destroy(), {}, `http://me:word@${host}/path?key=sesame`)
    const { message } = await failure(attempt)
    expect(message).toContain(host)
    expect(message).not.toMatch(/me|word|path|key|sesame/)
    expect(displayUrl(`http://me:word@${host}/path?key=sesame#x`)).toBe(`http://${host}/path`)
  })
})

describe('fetchBounded follows redirects', () => {
  const chain =
    (...steps: readonly (readonly [status: number, location: string])[]): RequestListener =>
    (request, answer) => {
      const step = steps[Number(request.url?.slice(1) || 0)]
      if (step === undefined) respond(answer, 200, {}, 'arrived')
      else respond(answer, step[0], { location: step[1] })
    }

  it('and tells where permanent ones lead', async () => {
    const response = await get(chain([301, '/1'], [308, '/2']))
    expect(text(response.bytes)).toBe('arrived')
    expect(response).toMatchObject({ url: `${server.url}/2`, movedTo: `${server.url}/2` })
  })

  it('up to the first that is not permanent', async () => {
    expect(await get(chain([301, '/1'], [302, '/2'], [301, '/3']))).toMatchObject({
      url: `${server.url}/3`,
      movedTo: `${server.url}/1`,
    })
    expect((await get(chain([307, '/1'], [301, '/2']))).movedTo).toBeNull()
  })

  it.each([
    ['a loop', chain([301, '/0']), 'REDIRECT_REFUSED'],
    ['too many', (_, answer) => respond(answer, 302, { location: `/${Math.random()}` }), 'REDIRECT_REFUSED'],
    ['another scheme', chain([302, 'file:///etc/passwd']), 'REDIRECT_REFUSED'],
  ] satisfies [string, RequestListener, string][])('but not %s', async (_, answer, code) => {
    expect(await failure(get(answer))).toMatchObject({ code, class: 'permanent' })
    expect(server.requests.length).toBeLessThan(100)
  })

  it('through the guard: a private target is refused without a connection, and does not count as a configuration mistake', async () => {
    await using inside = await LoopbackServer.start((_, answer) => respond(answer, 200, {}, 'secret'))
    // The first hop is allowed by name, the second is a literal that the guard refuses.
    const guarded = createGuardedDispatcher({ allowPrivate: false })
    const open = createGuardedDispatcher({ allowPrivate: true })
    server.answer = (_, answer) => respond(answer, 302, { location: `${inside.url}/` })
    const split = Object.assign(Object.create(open) as typeof open, {
      dispatch: (options: Parameters<typeof open.dispatch>[0], handler: Parameters<typeof open.dispatch>[1]) =>
        (String(options.origin) === server.url ? open : guarded).dispatch(options, handler),
    })
    const request = { url: server.url, headers: {}, limits: DEFAULT_LIMITS }
    const error = await failure(fetchBounded(request, split, new AbortController().signal))
    expect(error).toMatchObject({ code: 'REDIRECT_REFUSED', class: 'permanent' })
    expect(error.message).toContain('allowPrivate')
    expect(inside.requests).toHaveLength(0)
    await guarded.destroy()
    await open.destroy()
  })

  it('without giving credentials to another origin', async () => {
    const seen: (string | undefined)[] = []
    await using other = await LoopbackServer.start((request, answer) => {
      seen.push(request.headers.authorization)
      respond(answer, 200)
    })
    await get((request, answer) => {
      seen.push(request.headers.authorization)
      respond(answer, 302, { location: other.url })
    })
    expect(seen).toEqual(['secret', undefined])
  })
})

describe('fetchBounded', () => {
  it('sends userinfo as Basic authorization', async () => {
    let authorization: string | undefined
    const { host } = new URL(server.url)
    await get(
      (request, answer) => {
        authorization = request.headers.authorization
        respond(answer, 200)
      },
      {},
      `http://me:w%40rd@${host}/`,
    )
    expect(authorization).toBe(`Basic ${Buffer.from('me:w@rd').toString('base64')}`)
  })

  it('resolves with any status and joins repeated headers', async () => {
    const response = await get((_, answer) => {
      answer.setHeader('x-many', ['a', 'b'])
      respond(answer, 503, { 'retry-after': '5' }, 'busy')
    })
    expect(response).toMatchObject({ status: 503, movedTo: null })
    expect(response.headers).toMatchObject({ 'retry-after': '5', 'x-many': 'a, b' })
  })

  it('rejects with the reason of an abort', async () => {
    const abort = new AbortController()
    const attempt = get(() => abort.abort(new Error('enough')), {}, '/', abort.signal)
    await expect(attempt).rejects.toThrow('enough')
  })
})
