import { randomUUID } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { withServers } from '../support/real-server.ts'
import { runCli } from '../support/run-cli.ts'
import { s3At } from '../support/s3-at.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const MENTIONS = 600
const WORDS = ['great', 'awful', 'love', 'broken', 'parcel', 'late', 'thanks', 'refund', 'Ünïcode', '🎉', '"quoted"']

const mention = (n: number) => ({
  id: `m${n}`,
  text: `${n % 10 === 0 ? 'nobody' : 'acme'} ${Array.from({ length: 8 }, (_, i) => WORDS[(n * 7 + i * (n % 5)) % WORDS.length]).join(' ')}`,
  publishedAt: new Date(Date.UTC(2026, 4, 1) + ((n * 7) % MENTIONS) * 23 * 60_000).toISOString(),
  author: { handle: `user${n % 40}` },
  lang: 'en',
})

const QUERIES = [
  '',
  'great NOT awful',
  '"broken parcel"',
  'lov*',
  'refund NEAR/3 late',
  'ünïcode OR "thanks refund"',
  'nobody',
]

withServers(['kafka', 'elasticsearch', 's3'], ([kafka, elasticsearch, s3]) => {
  describe('distributed mode', () => {
    let distributed: string
    let embedded: string
    beforeAll(async () => {
      const namespace = `test-${randomUUID().slice(0, 8)}`
      const { endpoint, credentials } = s3At(`${s3}/any`)
      const common = {
        namespace,
        brands: [{ id: 'acme', name: 'Acme', query: 'acme' }],
        connectors: [{ id: 'export', type: 'file', path: 'mentions.ndjson' }],
      }
      const servers = {
        mode: 'distributed',
        kafka: { brokers: [kafka], partitions: 3 },
        elasticsearch: { url: elasticsearch, replicas: 0 },
        s3: {
          endpoint,
          bucket: `archive-${namespace}`,
          credentials: { accessKeyId: credentials?.accessKeyId, secretAccessKey: '${TEST_S3_SECRET}' },
        },
      }
      process.env.TEST_S3_SECRET = credentials?.secretAccessKey
      distributed = await folderWith({ ...common, ...servers })
      embedded = await folderWith(common)
    })
    const folderWith = async (configuration: object): Promise<string> => {
      const folder = await temporaryFolder('distributed')
      await writeFile(join(folder, 'earshot.yaml'), JSON.stringify(configuration))
      const lines = Array.from({ length: MENTIONS }, (_, n) => JSON.stringify(mention(n)))
      await writeFile(join(folder, 'mentions.ndjson'), `${lines.join('\n')}\n`)
      return folder
    }

    it('says what to do before it was set up', async () => {
      const { code, errors } = await runCli(distributed, 'run', '--until-idle')
      expect([code, errors]).toEqual([2, expect.stringContaining('earshot setup')])
    })

    it('is set up once, and once more without harm', async () => {
      for (let n = 0; n < 2; n++) {
        const { code, errors } = await runCli(distributed, 'setup', '--json')
        expect([code, errors]).toEqual([0, ''])
      }
    })

    it('runs the pipeline, and its books balance', async () => {
      for (const folder of [distributed, embedded]) {
        const { code, output, errors } = await runCli(folder, 'run', '--until-idle', '--json')
        expect(code, errors).toBe(0)
        expect(JSON.parse(output)).toMatchObject({
          connectors: { export: { read: MENTIONS, unmatched: MENTIONS / 10, accepted: (MENTIONS * 9) / 10 } },
          index: { new: (MENTIONS * 9) / 10, replaced: 0, stale: 0, dropped: {}, dead: {} },
          waiting: { enrich: 0, index: 0 },
        })
      }
    })

    it('reads nothing twice when it runs again', async () => {
      const { code, output } = await runCli(distributed, 'run', '--until-idle', '--json')
      expect(code).toBe(0)
      expect(JSON.parse(output)).toMatchObject({
        connectors: { export: { read: 0 } },
        waiting: { enrich: 0, index: 0 },
      })
    })

    it.each(QUERIES)('finds for %j what embedded mode finds, in the same order', async (query) => {
      const [there, here] = await Promise.all(
        [distributed, embedded].map((folder) => runCli(folder, 'search', query, '--limit', '1000', '--json')),
      )
      expect([there?.code, here?.code]).toEqual([0, 0])
      const found = (output = '') => output.split('\n').flatMap((line) => (line === '' ? [] : [pick(JSON.parse(line))]))
      expect(found(there?.output)).toEqual(found(here?.output))
    })

    it('counts what embedded mode counts', async () => {
      const [there, here] = await Promise.all(
        [distributed, embedded].map((folder) => runCli(folder, 'report', '--json', '--time-zone', 'Europe/Berlin')),
      )
      expect(JSON.parse(there?.output ?? '')).toEqual(closeTo(here?.output))
    })

    it('shows where everything stands', async () => {
      const { code, output } = await runCli(distributed, 'status', '--json')
      expect(code).toBe(0)
      const { running, lags, sources } = JSON.parse(output)
      expect([running, Object.keys(sources)]).toEqual([false, ['export']])
      expect(lags.map(({ waiting }: { waiting: number }) => waiting)).toEqual([0, 0, 0, 0])
    })

    it('replays its archive from the bucket', async () => {
      const { code, output, errors } = await runCli(distributed, 'replay', '--from', '7d', '--to', '0d', '--json')
      expect(code, errors).toBe(0)
      const { connectors, waiting } = JSON.parse(output) as { connectors: Record<string, unknown>; waiting: unknown }
      expect(waiting).toEqual({ enrich: 0, index: 0 })
      expect(Object.values(connectors)).toMatchObject([{ read: (MENTIONS * 9) / 10, accepted: (MENTIONS * 9) / 10 }])
    })
  })
})

const pick = ({ id, mention, annotations }: { id: string; mention: unknown; annotations: unknown }) => ({
  ...{ id, mention, annotations },
})

/** The engines keep other precisions of a probability, and add in another order. */
const closeTo = (json = ''): unknown =>
  JSON.parse(json, (_, value) =>
    Number.isInteger(value) || typeof value !== 'number' ? value : expect.closeTo(value, 5),
  )
