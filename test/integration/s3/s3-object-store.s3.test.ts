import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ObjectStore } from '#infra/contracts/object-store.ts'
import { systemClock } from '#infra/runtime/system-clock.ts'
import { type OpenS3Options, openS3ObjectStore } from '#infra/s3/s3-object-store.ts'
import { FaultProxy } from '../../support/fault-proxy.ts'
import { withServer } from '../../support/real-server.ts'
import { s3At } from '../../support/s3-at.ts'

const PART = 16 << 20
const bytesOf = (length: number): Uint8Array => new Uint8Array(length).map((_, i) => (i * 31) % 251)
const text = (word: string): Uint8Array => new TextEncoder().encode(word)

const SLOW_DOWN =
  '<?xml version="1.0"?><Error><Code>SlowDown</Code><Message>Reduce your request rate.</Message></Error>'

withServer('s3', (address) => {
  const options: OpenS3Options = { ...s3At(`${address}/faults-${randomUUID()}`), clock: systemClock, create: true }
  let proxy: FaultProxy
  let store: ObjectStore
  beforeAll(async () => {
    await using _made = await openS3ObjectStore(options)
    proxy = await FaultProxy.start(options.endpoint as string)
    store = await openS3ObjectStore({ ...options, endpoint: proxy.url, create: false })
  })
  afterAll(async () => {
    await store[Symbol.asyncDispose]()
    await proxy[Symbol.asyncDispose]()
  })
  const failing = (overrides: Partial<OpenS3Options>) =>
    expect(openS3ObjectStore({ ...options, create: false, ...overrides })).rejects

  describe('a bucket', () => {
    it('that is missing is a config error until setup makes it', async () => {
      const bucket = `missing-${randomUUID()}`
      await failing({ bucket }).toMatchObject({
        class: 'config',
        code: 'S3_BUCKET_MISSING',
        message: expect.stringContaining('"earshot setup" makes it'),
      })
      for (let n = 0; n < 2; n++) await (await openS3ObjectStore({ ...options, bucket }))[Symbol.asyncDispose]()
      await using made = await openS3ObjectStore({ ...options, bucket, create: false })
      expect(await Array.fromAsync(made.list(''))).toEqual([])
    })

    it('is not opened with a wrong secret or an unknown key, and the secret is not told', async () => {
      const { accessKeyId, secretAccessKey } = options.credentials!
      const wrong = { accessKeyId, secretAccessKey: `${secretAccessKey}-not` }
      const refusal = await openS3ObjectStore({ ...options, credentials: wrong }).catch((error: unknown) => error)
      expect(refusal).toMatchObject({ class: 'config', code: 'S3_CREDENTIALS' })
      expect(String(refusal)).not.toContain(secretAccessKey)
      await failing({ credentials: { ...wrong, accessKeyId: 'nobody' } }).toMatchObject({
        class: 'config',
        code: 'S3_CREDENTIALS',
      })
    })

    it('where nobody listens is a transient error that names the address', async () => {
      await failing({ endpoint: 'http://127.0.0.1:1' }).toMatchObject({
        class: 'transient',
        code: 'S3_UNREACHABLE',
        message: expect.stringContaining('http://127.0.0.1:1/'),
      })
    })

    it('of a store whose clock differs by more than five seconds is not opened', async () => {
      const clock = { ...systemClock, now: () => systemClock.now() - 60_000 }
      await failing({ clock }).toMatchObject({ class: 'config', code: 'CLOCKS_DIFFER' })
    })

    it('with no right to it is a config error that says which right is wanted', async () => {
      proxy.plan = () => ({ status: 403, body: '<Error><Code>AccessDenied</Code></Error>' })
      await expect(store.get('a/b')).rejects.toMatchObject({
        class: 'config',
        code: 'S3_FORBIDDEN',
        message: expect.stringContaining('right to list, get, put and delete'),
      })
    })

    it('of a store that overwrites in spite of If-None-Match is refused by setup', async () => {
      await using ignorant = await FaultProxy.start(options.endpoint as string)
      // The proxy cannot take the header away, for the signature covers it: it answers what such a store would.
      ignorant.plan = (request) => (request.method === 'PUT' ? { status: 200, headers: { etag: '"1"' } } : 'pass')
      await failing({ endpoint: ignorant.url, create: true }).toMatchObject({ class: 'config', code: 'S3_UNSUPPORTED' })
    })
  })

  describe('an object', () => {
    it('above the size of a part goes in parts, and arrives whole', async () => {
      const [key, before] = [`parts/${randomUUID()}`, proxy.requests.length]
      proxy.plan = () => 'pass'
      const content = bytesOf(2 * PART + 5)
      expect(await store.put(key, content, { ifAbsent: true })).toBe('stored')
      const sent = proxy.requests.slice(before).map(({ method, url }) => `${method} ${url?.split('?')[1] ?? ''}`)
      expect(sent.filter((request) => request.includes('partNumber'))).toHaveLength(3)
      expect(Buffer.compare((await store.get(key))!, content)).toBe(0)
      expect(await store.put(key, content.subarray(1), { ifAbsent: true })).toBe('exists')
      expect(await Array.fromAsync(store.list(key))).toEqual([{ key, size: content.length }])
      expect(await store.put(key, bytesOf(PART + 1))).toBe('stored')
      expect(await Array.fromAsync(store.list(key))).toEqual([{ key, size: PART + 1 }])
    })

    it('is stored once when the answer to a first put was lost, in one piece or in parts', async () => {
      for (const content of [text('mine'), bytesOf(PART + 1)]) {
        const key = `lost/${randomUUID()}`
        let lost = 0
        // Of several parts the last request makes the object.
        proxy.plan = ({ method, url = '' }) => {
          const makes = method === (content.length > PART ? 'POST' : 'PUT') && !url.includes('uploads')
          return makes && lost++ === 0 ? 'lose the answer' : 'pass'
        }
        expect(await store.put(key, content, { ifAbsent: true })).toBe('stored')
        expect(lost).toBeGreaterThan(1)
        expect(await store.put(key, text('other'), { ifAbsent: true })).toBe('exists')
        expect(Buffer.compare((await store.get(key))!, content)).toBe(0)
      }
    })

    it('of another writer stays when the answer to our refusal was lost', async () => {
      const key = `theirs/${randomUUID()}`
      proxy.plan = () => 'pass'
      await store.put(key, text('theirs'), { ifAbsent: true })
      let lost = 0
      proxy.plan = ({ method }) => (method === 'PUT' && lost++ === 0 ? 'lose the answer' : 'pass')
      expect(await store.put(key, text('mine'), { ifAbsent: true })).toBe('exists')
      expect(new TextDecoder().decode((await store.get(key))!)).toBe('theirs')
    })

    it('is listed once, in order, among more than a page of them', async () => {
      proxy.plan = () => 'pass'
      const prefix = `many/${randomUUID()}`
      const keys = Array.from({ length: 1_050 }, (_, i) => `${prefix}/${String(i).padStart(4, '0')}.bin`)
      for (let i = 0; i < keys.length; i += 50) {
        await Promise.all(keys.slice(i, i + 50).map((key) => store.put(key, text('x'))))
      }
      expect((await Array.fromAsync(store.list(prefix))).map(({ key }) => key)).toEqual(keys)
    })

    it('that does not arrive whole is a transient error', async () => {
      proxy.plan = () => 'pass'
      const key = `cut/${randomUUID()}`
      await store.put(key, text('whole'))
      proxy.plan = () => ({
        status: 200,
        headers: { 'content-length': '5', 'x-amz-checksum-crc32': 'AAAAAA==' },
        body: 'whale',
      })
      await expect(store.get(key)).rejects.toMatchObject({ class: 'transient', code: 'S3_INCOMPLETE' })
    })
  })

  describe('a store that fails', () => {
    it('every third request still does everything', async () => {
      const prefix = `third/${randomUUID()}`
      proxy.plan = (_, n) => (n % 3 === 0 ? { status: 500 } : 'pass')
      const keys = Array.from({ length: 20 }, (_, i) => `${prefix}/${String(i).padStart(2, '0')}.bin`)
      for (const key of keys) expect(await store.put(key, text(key), { ifAbsent: true })).toBe('stored')
      expect((await Array.fromAsync(store.list(prefix))).map(({ key }) => key)).toEqual(keys)
      for (const key of keys) expect(new TextDecoder().decode((await store.get(key))!)).toBe(key)
      for (const key of keys) await store.delete(key)
      proxy.plan = () => 'pass'
      expect(await Array.fromAsync(store.list(prefix))).toEqual([])
    })

    it('for good is a transient error, with the pause that it asks for', async () => {
      proxy.plan = () => ({ status: 503, headers: { 'retry-after': '1' }, body: SLOW_DOWN })
      await expect(store.put('a/b', text('x'))).rejects.toMatchObject({
        class: 'transient',
        code: 'S3_OVERLOADED',
        retryAfterMs: 1_000,
      })
      proxy.plan = () => ({ status: 500 })
      await expect(store.get('a/b')).rejects.toMatchObject({ class: 'transient', code: 'S3_UNAVAILABLE' })
    })

    it('does not know what it was asked for is a config error', async () => {
      proxy.plan = () => ({ status: 501, body: '<Error><Code>NotImplemented</Code></Error>' })
      await expect(store.put('a/b', text('x'), { ifAbsent: true })).rejects.toMatchObject({
        class: 'config',
        code: 'S3_UNSUPPORTED',
      })
    })
  })

  it('asks for the encryption that was configured', async () => {
    const asked: unknown[] = []
    proxy.plan = ({ headers }) => {
      asked.push([headers['x-amz-server-side-encryption'], headers['x-amz-server-side-encryption-aws-kms-key-id']])
      return 'pass'
    }
    const encryption = { type: 'aws:kms', kmsKeyId: 'key-1' } as const
    await using encrypting = await openS3ObjectStore({ ...options, endpoint: proxy.url, create: false, encryption })
    await encrypting.put(`encrypted/${randomUUID()}`, text('x')).catch(() => {})
    expect(asked.at(-1)).toEqual(['aws:kms', 'key-1'])
  })
})
