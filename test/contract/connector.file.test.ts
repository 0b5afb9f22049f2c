import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { Agent } from 'undici'
import { createFileConnector } from '#ingest/file/file-connector.ts'
import { SkippingClock } from '../support/skipping-clock.ts'
import { type ConnectorSubject, describeConnectorContract } from './connector.ts'

/** How one format writes what the suite plays with. */
interface Shape {
  readonly format: 'ndjson' | 'csv'
  readonly head: string
  post(id: string, text: string, op: string): string
  readonly bad: string
}

const ndjson: Shape = {
  format: 'ndjson',
  head: '',
  post: (id, text, op) => `${JSON.stringify({ id, op, text, publishedAt: '2026-01-04T10:00:00Z' })}\n`,
  bad: '{"id": "half\n',
}

const csv: Shape = {
  format: 'csv',
  head: 'id;op;text;published\r\n',
  post: (id, text, op) => `${id};${op};"${text}\nsecond ""line"""; 2026-01-04 10:00\r\n`,
  bad: 'short;create\r\n',
}

const subject = (shape: Shape): ConnectorSubject => ({
  name: `file (${shape.format})`,
  can: { edit: true, remove: true, publishBad: true, throttle: false, stall: false },
  async start() {
    const folder = await mkdtemp(join(tmpdir(), 'earshot-file-'))
    const path = join(folder, `mentions.${shape.format}`)
    const clock = new SkippingClock()
    const dispatcher = new Agent()
    let posts = 0
    let broken = false
    await writeFile(path, shape.head)
    return {
      open() {
        const options = { id: 'import', path: broken ? folder : path, format: null, columns: {}, timeZone: 'UTC' }
        const rest = { dateOrder: null, platform: null, latenessMs: 600_000, prefilter: true }
        const logger = pino({ level: 'silent' })
        return createFileConnector({ ...options, ...rest }, { clock, dispatcher, logger, userAgent: 'test' })
      },
      async publish(count) {
        const natives = Array.from({ length: count }, () => `post-${++posts}`)
        await appendFile(path, natives.map((id) => shape.post(id, `about acme ${id}`, 'create')).join(''))
        return natives.map((id) => `file:${id}`)
      },
      async edit(id, text) {
        await clock.sleep(1000) // nobody edits a post in the millisecond in which it is read
        await appendFile(path, shape.post(id, text, 'update'))
      },
      remove: (id) => appendFile(path, shape.post(id, '', 'delete')),
      publishBad: () => appendFile(path, shape.bad),
      breakDown() {
        broken = true
      },
      async [Symbol.asyncDispose]() {
        await dispatcher.close()
        await rm(folder, { recursive: true })
      },
    }
  },
})

describeConnectorContract(subject(ndjson))
describeConnectorContract(subject(csv))
