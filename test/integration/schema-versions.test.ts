import { appendFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { runCli, runNewerCli } from '../support/run-cli.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const MENTIONS = 100
const TIMEOUT = { timeout: 60_000 }
const ALL_TIME = ['--from', '2020-01-01', '--to', '2100-01-01']

const configuration = {
  brands: [{ id: 'acme', name: 'Acme', query: 'acme' }],
  connectors: [{ id: 'export', type: 'file', path: 'mentions.ndjson' }],
}
const mention = (n: number) => ({ id: `m${n}`, text: `acme parcel ${n}`, publishedAt: '2026-05-01T12:00:00Z' })
const lines = Array.from({ length: MENTIONS }, (_, n) => `${JSON.stringify(mention(n))}\n`).join('')

async function newFolder(): Promise<string> {
  const folder = await temporaryFolder('schema-versions')
  await writeFile(join(folder, 'earshot.yaml'), JSON.stringify(configuration))
  await writeFile(join(folder, 'mentions.ndjson'), lines)
  return folder
}

const run = ['run', '--until-idle', '--json'] as const
const idsIn = (output: string): unknown[] => output.split('\n').flatMap((line) => (line ? [JSON.parse(line).id] : []))

describe('an Earshot that was updated', () => {
  let folder: string
  beforeAll(async () => {
    folder = await newFolder()
    expect(await runCli(folder, ...run)).toMatchObject({ code: 0 })
    await appendFile(join(folder, 'mentions.ndjson'), lines.replaceAll('parcel', 'letter'))
    // Left in the log by the version before it.
    const { code, errors } = await runCli(folder, ...run, '--only', 'ingest')
    expect(code, errors).toBe(0)
  }, 60_000)

  it('goes on with what the older one has left in the log and the index', TIMEOUT, async () => {
    const { output } = await runNewerCli(folder, ...run)
    expect(JSON.parse(output)).toMatchObject({ enrich: { dead: {} }, index: { new: 0, replaced: MENTIONS, dead: {} } })
    const found = await runNewerCli(folder, 'search', 'letter', '--json', '--limit', '1000')
    expect(new Set(idsIn(found.output)).size).toBe(MENTIONS)
  })

  it('replays what the older one has archived', TIMEOUT, async () => {
    const { output, errors } = await runNewerCli(folder, 'replay', ...ALL_TIME, '--json')
    const { connectors } = JSON.parse(output)
    expect(Object.values(connectors), errors).toMatchObject([{ read: 2 * MENTIONS, accepted: 2 * MENTIONS, dead: {} }])
  })
})

describe('an Earshot that finds what a newer one wrote', () => {
  let folder: string
  beforeAll(async () => {
    folder = await newFolder()
    expect(await runNewerCli(folder, ...run, '--only', 'ingest')).toMatchObject({ code: 0 })
  }, 60_000)

  it('buries it with its bytes and says what to do', TIMEOUT, async () => {
    const { output } = await runCli(folder, ...run)
    const { enrich, index, waiting } = JSON.parse(output)
    expect([enrich.dead, index.new, waiting]).toEqual([{ SCHEMA_UNKNOWN: MENTIONS }, 0, { enrich: 0, index: 0 }])
    const list = await runCli(folder, 'dead-letters', 'list', '--limit', '1')
    expect(list.output).toMatch(/enrich.*SCHEMA_UNKNOWN\n.*written by a newer Earshot\? update.*dead-letters retry/)
  })

  it('has lost nothing: after the update a retry brings it in', TIMEOUT, async () => {
    const retried = await runNewerCli(folder, 'dead-letters', 'retry', '--all', '--json')
    expect(JSON.parse(retried.output)).toHaveLength(MENTIONS)
    const { output } = await runNewerCli(folder, ...run)
    expect(JSON.parse(output)).toMatchObject({ carried: { enrich: MENTIONS }, index: { new: MENTIONS, dead: {} } })
    const replay = await runNewerCli(folder, 'replay', ...ALL_TIME, '--json')
    expect(Object.values(JSON.parse(replay.output).connectors)).toMatchObject([{ read: MENTIONS }])
  })

  it('does not touch the index of a newer one', TIMEOUT, async () => {
    const { code, errors } = await runCli(folder, 'search', 'acme')
    expect([code, errors]).toEqual([2, expect.stringMatching(/written by a newer Earshot: update this one/)])
  })
})
