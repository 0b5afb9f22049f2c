import { randomUUID } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { connect } from '#infra/elasticsearch/connect.ts'
import { systemClock } from '#infra/runtime/system-clock.ts'
import { openS3ObjectStore } from '#infra/s3/s3-object-store.ts'
import { operationsCorpus } from '#test/chaos/operations-corpus.ts'
import { connectionAt } from '#test/support/elasticsearch-at.ts'
import { withServers } from '#test/support/real-server.ts'
import { type CliEnd, type RunningCli, runCli, startCli } from '#test/support/run-cli.ts'
import { s3At } from '#test/support/s3-at.ts'
import { temporaryFolder } from '#test/support/temporary-folder.ts'

const ALL = ['--from', '2020-01-01', '--to', '2040-01-01']
const SECRET = 'TEST_REPLAY_S3_SECRET'

withServers(['kafka', 'elasticsearch', 's3'], ([kafka, elasticsearch, s3]) => {
  describe('a replay from a bucket, while the pipeline runs', { timeout: 180_000 }, () => {
    const namespace = `test-${randomUUID().slice(0, 8)}`
    const { text, obligations } = operationsCorpus(3, 1_200)
    const bucket = s3At(`${s3}/archive-${namespace}`)
    const client = connect(connectionAt(elasticsearch as string))
    let folder: string
    let running: RunningCli

    beforeAll(async () => {
      folder = await temporaryFolder('replay-servers')
      process.env[SECRET] = bucket.credentials?.secretAccessKey
      await writeFile(join(folder, 'corpus.ndjson'), text)
      await configure(true)
      await done('setup')
      await done('run', '--until-idle')
      running = startCli(folder, 'run', '--log-level', 'info')
      await vi.waitFor(() => expect(running.errors()).toContain('pipeline started'), { timeout: 60_000 })
    }, 180_000)
    afterAll(async () => {
      running.child.kill('SIGKILL')
      await running.end
      await client.close()
    })

    const configure = (scores: boolean) =>
      writeFile(
        join(folder, 'earshot.yaml'),
        JSON.stringify({
          ...{ mode: 'distributed', namespace, scores },
          kafka: { brokers: [kafka], partitions: 3 },
          elasticsearch: { url: elasticsearch, replicas: 0 },
          s3: {
            ...{ endpoint: bucket.endpoint, bucket: bucket.bucket },
            credentials: { accessKeyId: bucket.credentials?.accessKeyId, secretAccessKey: `\${${SECRET}}` },
          },
          brands: [{ id: 'acme', name: 'Acme', query: 'acme' }],
          connectors: [{ id: 'import', type: 'file', path: 'corpus.ndjson' }],
        }),
      )

    async function done(...args: string[]): Promise<CliEnd> {
      const end = await runCli(folder, ...args)
      expect(end.code, end.errors).toBe(0)
      return end
    }

    async function shown(...args: string[]): Promise<Map<string, { generation: number; annotations: unknown }>> {
      const found = new Map()
      const { output } = await done('search', '', '--limit', '10000', '--json', ...args)
      for (const line of output.split('\n').filter(Boolean)) {
        const { id, rev, generation, mention, annotations, firstObservedAt } = JSON.parse(line)
        found.set(id, { generation, rev, mention, annotations, firstObservedAt })
      }
      return found
    }

    it('writes another index with makers that are not active, and leaves the live one as it is', async () => {
      const before = await shown()
      expect([...before.keys()].sort()).toEqual([...obligations.standing.keys()].sort())
      await configure(false)
      const refused = await runCli(folder, 'replay', ...ALL)
      expect(refused).toMatchObject({ code: 2, errors: expect.stringContaining('models activate') })
      await done('replay', ...ALL, '--into', 'bare')
      const { mentions, sentiment } = JSON.parse((await done('diff', 'bare', '--json')).output)
      expect(mentions).toMatchObject({ found: before.size, compared: before.size, onlyOld: 0 })
      expect(sentiment.changed).toBeGreaterThan(100)
      await configure(true)
      expect(await shown()).toEqual(before)
      const { count } = await client.count({ index: `${namespace}_bare-mentions` })
      expect(count).toBe(before.size)
    })

    it('ends, killed again and again, as one that nobody kills', async () => {
      let kills = 0
      for (let ended = false; !ended; ) {
        const killed = kills < 3
        const rate = killed ? ['--rate', '1000'] : []
        const child = startCli(folder, 'replay', ...ALL, '--into', 'killed', '--log-level', 'info', ...rate)
        if (killed) {
          await expect.poll(() => child.errors(), { timeout: 60_000 }).toMatch(/\d+ % {2}[\d,]+ replayed/)
          child.child.kill('SIGKILL')
          kills++
        }
        const { code, errors } = await child.end
        if (code !== null) expect(code, errors).toBe(0)
        ended = code === 0
      }
      const live = await shown()
      const beside = await shown('--index', 'killed')
      const bare = (found: typeof live) =>
        [...found].map(([id, { generation: _generation, ...rest }]) => ({ id, ...rest }))
      expect(bare(beside)).toEqual(bare(live))
    })

    it('goes through the log beside the pipeline that runs, and changes nothing that was scored alike', async () => {
      const before = await shown()
      await done('replay', ...ALL)
      expect(await shown()).toEqual(before)
      await done('replay', ...ALL, '--topic', 'enriched')
      expect(await shown()).toEqual(before)
    })

    it('names a damaged object of the bucket, and replays the others', async () => {
      await using objects = await openS3ObjectStore({ ...bucket, clock: systemClock, create: false })
      const keys = await Array.fromAsync(objects.list(`${namespace}/${namespace}.mentions.raw.v1/`))
      const { key } = keys.find((object) => object.key.endsWith('.avro')) as { key: string }
      const whole = (await objects.get(key)) as Uint8Array
      await objects.put(key, whole.subarray(0, whole.length - 100))
      const end = await runCli(folder, 'replay', ...ALL, '--into', 'part')
      await objects.put(key, whole)
      expect(end).toMatchObject({ code: 1, output: expect.stringContaining(`${key} is damaged`) })
      expect((await shown('--index', 'part')).size).toBeGreaterThan(100)
    })

    it('removes what was made beside, and nothing else', async () => {
      for (const name of ['bare', 'killed', 'part']) await done('replay', '--drop', name)
      const indices = Object.keys(await client.indices.get({ index: `${namespace}*` }))
      expect(indices.filter((name) => name.includes('_'))).toEqual([])
      expect(indices).toContain(`${namespace}-mentions-v1`)
      expect((await runCli(folder, 'diff', 'bare')).code).toBe(2)
    })
  })
})
