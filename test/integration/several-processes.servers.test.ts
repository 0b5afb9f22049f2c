import { randomUUID } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Random } from '#scripts/random.ts'
import { LoopbackServer, respond } from '../support/loopback-server.ts'
import { withServers } from '../support/real-server.ts'
import { type RunningCli, runCli, startCli } from '../support/run-cli.ts'
import { s3At } from '../support/s3-at.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const HOUR_MS = 3_600_000
const HOURS = 12 * 24
/** A new rule looks back for thirty days. */
const START = Date.now() - (HOURS + 1) * HOUR_MS
const CRISIS = START + 9 * 24 * HOUR_MS
const SLOW = { timeout: 120_000 }

/** Twelve days of a brand, with ten bad hours; seen as they were published. */
function talk(): string[] {
  const random = new Random(7)
  const lines: string[] = []
  for (let time = START; time < START + HOURS * HOUR_MS; time += random.exponential(HOUR_MS / 16)) {
    const crisis = time >= CRISIS && time < CRISIS + 10 * HOUR_MS
    const bad = random.chance(crisis ? 0.85 : 0.15)
    const at = new Date(Math.round(time)).toISOString()
    const text = bad
      ? 'I hate acme, what a terrible, awful, broken mess'
      : 'acme opens a store at the station on Monday'
    lines.push(JSON.stringify({ id: `m${lines.length}`, text, publishedAt: at, observedAt: at, lang: 'en' }))
  }
  return lines
}

/** What a webhook was told, by the id of the message. */
class Told {
  readonly messages = new Map<string, { readonly state: string; times: number }>()
  receive: Parameters<typeof LoopbackServer.start>[0] = (request, response) => {
    let body = ''
    request.on('data', (data: Buffer) => {
      body += data.toString()
    })
    request.on('end', () => {
      const id = String(request.headers['webhook-id'])
      const { state } = (JSON.parse(body) as { readonly data: { readonly state: string } }).data
      const message = this.messages.get(id) ?? { state, times: 0 }
      message.times++
      this.messages.set(id, message)
      respond(response, 204)
    })
  }
  get states(): string[] {
    return [...this.messages.values()].map(({ state }) => state).toSorted()
  }
}

withServers(['kafka', 'elasticsearch', 's3'], ([kafka, elasticsearch, s3]) => {
  describe('several processes on one installation', () => {
    const lines = talk()
    const told = { distributed: new Told(), embedded: new Told() }
    const running = new Map<string, RunningCli>()
    let folder: string
    let single: string
    let webhooks: readonly LoopbackServer[]
    let configurationOf: (query: string) => string

    beforeAll(async () => {
      webhooks = await Promise.all([
        LoopbackServer.start(told.distributed.receive),
        LoopbackServer.start(told.embedded.receive),
      ])
      const namespace = `several-${randomUUID().slice(0, 8)}`
      const { endpoint, credentials } = s3At(`${s3}/any`)
      const common = (query: string, url: string) => ({
        namespace,
        brands: [{ id: 'acme', name: 'Acme', query }],
        connectors: [{ id: 'export', type: 'file', path: 'mentions.ndjson' }],
        alerts: [
          {
            id: 'mood',
            brand: 'acme',
            on: 'sentiment-spike',
            sensitivity: 'weekly',
            deliver: [{ type: 'webhook', url }],
          },
        ],
        network: { allowPrivate: true },
      })
      const servers = {
        mode: 'distributed',
        kafka: { brokers: [kafka], partitions: 4 },
        elasticsearch: { url: elasticsearch, replicas: 0 },
        s3: {
          endpoint,
          bucket: `archive-${namespace}`,
          credentials: { accessKeyId: credentials?.accessKeyId, secretAccessKey: '${TEST_S3_SECRET}' },
        },
      }
      process.env.TEST_S3_SECRET = credentials?.secretAccessKey
      configurationOf = (query) => JSON.stringify({ ...common(query, webhooks[0]?.url as string), ...servers })
      folder = await folderWith(configurationOf('acme'))
      single = await folderWith(JSON.stringify(common('acme', webhooks[1]?.url as string)))
    }, 60_000)
    afterAll(async () => {
      for (const { child, end } of running.values()) {
        child.kill('SIGKILL')
        await end
      }
      for (const webhook of webhooks) await webhook[Symbol.asyncDispose]()
    })

    const folderWith = async (configuration: string): Promise<string> => {
      const made = await temporaryFolder('several')
      await writeFile(join(made, 'earshot.yaml'), configuration)
      await writeFile(join(made, 'mentions.ndjson'), `${lines.join('\n')}\n`)
      return made
    }
    const start = (name: string, stages: string) => running.set(name, startCli(folder, 'run', '--only', stages))
    const done = async (...args: string[]): Promise<string> => {
      const { code, output, errors } = await runCli(folder, ...args)
      expect(code, errors).toBe(0)
      return output
    }
    const indexed = async (): Promise<number> =>
      (JSON.parse(await done('report', '--json')) as { total: { mentions: number } }).total.mentions

    it('are set up once; rules begin while there is nothing', SLOW, async () => {
      expect(JSON.parse(await done('setup', '--json'))).toMatchObject({ generation: { number: 1, isOurs: true } })
      await done('run', '--only', 'alerts', '--until-idle')
    })

    it('share the work; a process that is killed is replaced by the others', { timeout: 180_000 }, async () => {
      start('enrich 1', 'enrich')
      start('enrich 2', 'enrich')
      start('index 1', 'index,alerts')
      start('index 2', 'index,alerts')
      start('archive', 'archive')
      await done('run', '--only', 'ingest', '--until-idle')
      await expect.poll(indexed, { timeout: 60_000, interval: 200 }).toBeGreaterThan(500)
      running.get('index 1')?.child.kill('SIGKILL')
      await running.get('index 1')?.end
      await expect.poll(indexed, { timeout: 90_000, interval: 500 }).toBe(lines.length)
    })

    it('open and resolve the alerts that one process alone comes to, each told under one id', SLOW, async () => {
      for (const args of [['--only', 'alerts', '--until-idle'], ['--until-idle']]) {
        const { code, errors } = await runCli(single, 'run', ...args)
        expect(code, errors).toBe(0)
      }
      expect(told.embedded.states).toEqual(['open', 'resolved'])
      const ids = () => [...told.distributed.messages.keys()].toSorted()
      await expect.poll(ids, { timeout: 90_000 }).toEqual([...told.embedded.messages.keys()].toSorted())
      expect(told.distributed.states).toEqual(told.embedded.states)
    })

    it('are shown together, with what each has taken', SLOW, async () => {
      const status = JSON.parse(await done('status', '--json')) as {
        running: boolean
        lags: { group: string; waiting: number }[]
        processes: { stages: string[]; ended: boolean; books: { taken: { enrich: number } } }[]
      }
      expect(status.running).toBe(true)
      const stages = status.processes.filter(({ ended }) => !ended).map((process) => process.stages.join())
      expect(stages.toSorted()).toEqual(expect.arrayContaining(['archive', 'enrich', 'enrich', 'index,alerts']))
      const taken = status.processes.reduce((total, { books }) => total + books.taken.enrich, 0)
      // What a member had not committed when another one joined is taken again by whoever has the partition now.
      expect(taken).toBeGreaterThanOrEqual(lines.length)
      expect(status.lags.filter(({ group }) => !group.startsWith('archive'))).toEqual([
        { group: 'enrich', waiting: 0 },
        { group: 'index', waiting: 0 },
      ])
    })

    it('refuse one that would score in another way until it is activated', SLOW, async () => {
      const other = await folderWith(configurationOf('acme NOT jobs'))
      const refused = await runCli(other, 'run', '--until-idle')
      expect([refused.code, refused.errors]).toEqual([2, expect.stringContaining('earshot models activate')])
      const { code, output } = await runCli(other, 'models', 'activate', '--json')
      expect([code, JSON.parse(output)]).toEqual([0, { generation: 2, before: 1 }])
      const old = await runCli(folder, 'run', '--only', 'enrich', '--until-idle')
      expect([old.code, old.errors]).toEqual([2, expect.stringContaining('generation 2 is active')])
    })

    it('end when they are told to', SLOW, async () => {
      for (const [name, { child, end }] of running) {
        if (name === 'index 1') continue
        child.kill('SIGTERM')
        expect([name, (await end).code]).toEqual([name, 130])
      }
    })
  })
})
