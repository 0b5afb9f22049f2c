import { appendFile, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { diff } from '#scripts/commands/diff.ts'
import { type ReplayCommandOptions, replay } from '#scripts/commands/replay.ts'
import { operationsCorpus } from '#test/chaos/operations-corpus.ts'
import { testIo } from '#test/support/command-io.ts'
import { type CliEnd, runCli, startCli } from '#test/support/run-cli.ts'
import { standing } from '#test/support/standing.ts'
import { temporaryFolder } from '#test/support/temporary-folder.ts'

const configuration = (scores = true) => `scores: ${scores}
brands:
  - { id: acme, name: Acme, query: acme }
connectors:
  - { id: import, type: file, path: corpus.ndjson }
`
const MENTIONS = 400
const KILLS = 2
/** Mentions a second: slow enough to be killed in between. */
const RATE = '150'
const ALL = ['--from', '2020-01-01', '--to', '2040-01-01']
const ordered = (map: ReadonlyMap<string, unknown>) => [...map].sort(([a], [b]) => (a < b ? -1 : 1))

async function done(folder: string, ...args: string[]): Promise<CliEnd> {
  const end = await runCli(folder, ...args)
  expect(end.code, end.errors).toBe(0)
  return end
}

interface Diff {
  readonly mentions: Record<'found' | 'compared' | 'edited' | 'deleted' | 'onlyNew' | 'onlyOld', number>
  readonly compared: number
  readonly sentiment: { readonly changed: number; readonly table: Record<string, Record<string, number>> }
  readonly examples: readonly { readonly old: { readonly label: string }; readonly new: { readonly label: string } }[]
}

// In this process: a start of the program costs more than the work of these commands.
const placesOf = (folder: string) => ({ config: join(folder, 'earshot.yaml'), data: join(folder, '.earshot') })

/** What the command prints. */
async function printedDiff(folder: string, name: string, json: boolean): Promise<string> {
  const io = testIo()
  expect(await diff({ name, ...placesOf(folder), examples: 5, json }, io)).toBe(0)
  return io.printed()
}

/** Replays everything, unless `options` say less; answers what the command prints for machines. */
async function replayed(folder: string, options: Partial<ReplayCommandOptions> = {}): Promise<unknown> {
  const io = testIo()
  const everything = { topic: 'raw', from: '2020-01-01', to: '2040-01-01' } as const
  const code = await replay({ ...placesOf(folder), ...everything, ...options, json: true, logLevel: 'error' }, io)
  expect(code, io.said()).toBe(0)
  return JSON.parse(io.printed())
}

async function diffOf(folder: string, name: string): Promise<Diff> {
  const found = JSON.parse(await printedDiff(folder, name, true)) as Diff
  const { found: all, compared, edited, deleted, onlyNew } = found.mentions
  expect(compared + edited + deleted + onlyNew).toBe(all)
  const cells = Object.values(found.sentiment.table).flatMap((row) => Object.values(row))
  expect(cells.reduce((sum, n) => sum + n, 0)).toBe(compared)
  expect(found.compared).toBe(compared)
  return found
}

describe('a replay beside the live index', { timeout: 120_000 }, () => {
  const { text, obligations } = operationsCorpus(7, MENTIONS)
  let folder: string
  beforeAll(async () => {
    folder = await temporaryFolder('aside')
    await writeFile(join(folder, 'earshot.yaml'), configuration())
    await writeFile(join(folder, 'corpus.ndjson'), text)
    await done(folder, 'run', '--until-idle')
  }, 120_000)

  it('holds what the live index holds, which stays as it is, and repeated changes nothing', async () => {
    const before = ordered(await standing(folder, { generations: true }))
    await replayed(folder, { into: 'same' })
    const beside = ordered(await standing(folder, { index: 'same', generations: true }))
    expect(beside.map(([id]) => id)).toEqual([...obligations.standing.keys()].sort())
    expect(ordered(await standing(folder, { index: 'same' }))).toEqual(ordered(await standing(folder)))
    expect(await replayed(folder, { into: 'same' })).toMatchObject({
      index: { new: 0, replaced: 0, removed: 0 },
      waiting: { index: 0 },
    })
    expect(ordered(await standing(folder, { index: 'same', generations: true }))).toEqual(beside)
    expect(ordered(await standing(folder, { generations: true }))).toEqual(before)
    const { mentions, sentiment, examples } = await diffOf(folder, 'same')
    const none = { edited: 0, deleted: 0, onlyNew: 0, onlyOld: 0 }
    expect(mentions).toEqual({ found: obligations.standing.size, compared: obligations.standing.size, ...none })
    expect([sentiment.changed, examples]).toEqual([0, []])
  })

  it('is found by search and report when its name is said', async () => {
    const found = await done(folder, 'search', 'acme', '--index', 'same', '--limit', '1', '--json')
    expect(JSON.parse(found.errors)).toMatchObject({ total: obligations.standing.size })
    const told = await done(folder, 'report', '--index', 'same', '--json')
    expect(JSON.parse(told.output).total.mentions).toBe(obligations.standing.size)
  })

  it('tells what other makers change, and the later makers stand in it', async () => {
    await writeFile(join(folder, 'earshot.yaml'), configuration(false))
    await replayed(folder, { into: 'same' })
    const bare = await diffOf(folder, 'same')
    expect(bare.sentiment.changed).toBeGreaterThan(MENTIONS / 8)
    expect(Object.values(bare.sentiment.table).flatMap(Object.keys)).toEqual(
      Object.keys(bare.sentiment.table).map(() => 'not scored'),
    )
    expect(bare.examples[0]?.new.label).toBe('not scored')
    expect(await printedDiff(folder, 'same', false)).toMatch(/negative|neutral|positive/)
    await writeFile(join(folder, 'earshot.yaml'), configuration())
    await replayed(folder, { into: 'same' })
    expect((await diffOf(folder, 'same')).sentiment.changed).toBe(0)
  })

  it.each([
    ['beside the live index', ['--into', 'killed']],
    ['through the log', []],
  ])('is the same after any number of kills: %s', async (_, into) => {
    const expected = ordered(await standing(folder))
    let kills = 0
    let resumed = 0
    for (let ended = false; !ended; ) {
      const rate = kills < KILLS ? ['--rate', RATE] : []
      const running = startCli(folder, 'replay', ...ALL, ...into, '--log-level', 'info', ...rate)
      if (kills < KILLS) {
        // What is left may be so little that it is done at once.
        const begun = () => running.child.exitCode !== null || /\d+ % {2}/.test(running.errors())
        await expect.poll(begun, { timeout: 30_000 }).toBe(true)
        running.child.kill('SIGKILL')
      }
      const { code, errors } = await running.end
      if (errors.includes('"resumed":true')) resumed++
      if (code === null) kills++
      else expect(code, errors).toBe(0)
      ended = code === 0
    }
    expect(kills).toBeGreaterThan(0)
    if (into.length > 0) expect(resumed).toBeGreaterThan(0)
    expect(ordered(await standing(folder, into.length > 0 ? { index: 'killed' } : {}))).toEqual(expected)
  })

  it('refuses names that are not its own, and removes no index that it does not know', async () => {
    expect(await runCli(folder, 'replay', ...ALL, '--into', 'live')).toMatchObject({ code: 2 })
    const unknown = await runCli(folder, 'replay', '--drop', 'nobody')
    expect(unknown).toMatchObject({ code: 2, errors: expect.stringMatching(/nobody.*killed, same/) })
    for (const args of [
      ['diff', 'nobody'],
      ['search', 'acme', '--index', 'nobody'],
    ]) {
      expect(await runCli(folder, ...args)).toMatchObject({ code: 2, errors: expect.stringContaining('nobody') })
    }
    const other = await runCli(folder, 'replay', ...ALL, '--topic', 'enriched', '--into', 'same')
    expect(other).toMatchObject({ code: 2, errors: expect.stringContaining('--drop same') })
    await done(folder, 'replay', '--drop', 'killed')
    expect((await readdir(join(folder, '.earshot'))).filter((name) => name.includes('killed'))).toEqual([])
    expect((await done(folder, 'diff')).output).toMatch(/^same {2}from the raw topic/)
    await expect(printedDiff(folder, 'killed', true)).rejects.toMatchObject({ class: 'config' })
  })

  it('brings nothing back that is deleted later, and learns of it when it reads again', async () => {
    await replayed(folder, { topic: 'enriched', into: 'then' })
    const ids = [...obligations.standing.keys()]
    const gone = ids.slice(10, 30)
    const hidden = ids.slice(40, 45)
    const lines = [
      ...gone.map((id) => ({ op: 'delete', id: id.slice('file:'.length) })),
      ...hidden.map((id) => ({ op: 'hide', id: id.slice('file:'.length) })),
    ]
    await writeFile(join(folder, 'later.ndjson'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
    await appendFile(join(folder, 'earshot.yaml'), '  - { id: later, type: file, path: later.ndjson }\n')
    await done(folder, 'run', '--until-idle')
    for (const name of ['same', 'then']) {
      const { mentions } = await diffOf(folder, name)
      expect(mentions).toMatchObject({ deleted: gone.length, onlyNew: hidden.length, onlyOld: 0 })
    }
    const shown = ids.filter((id) => !gone.includes(id) && !hidden.includes(id)).sort()
    // A range that ends before the deletions, once more into the index and into a new one.
    for (const [topic, name] of [
      ['raw', 'same'],
      ['raw', 'fresh'],
      ['enriched', 'then'],
    ] as const) {
      await replayed(folder, { topic, into: name, to: '2026-06-01' })
      expect([...(await standing(folder, { index: name })).keys()].sort(), name).toEqual(shown)
    }
    expect([...(await standing(folder)).keys()].sort()).toEqual(shown)
  })

  it('makes a lost index anew from what was scored, exactly, and twice is once', async () => {
    const before = ordered(await standing(folder, { generations: true }))
    for (const name of ['index.db', 'index.db-wal', 'index.db-shm'])
      await rm(join(folder, '.earshot', name), { force: true })
    for (const expected of [{ new: expect.any(Number) }, { new: 0, replaced: 0, removed: 0 }]) {
      const waiting = { enrich: 0, index: 0 }
      expect(await replayed(folder, { topic: 'enriched' })).toMatchObject({ index: expected, waiting })
      expect(ordered(await standing(folder, { generations: true }))).toEqual(before)
    }
  })

  it('says what is damaged, does the rest, and ends with 1', async () => {
    const before = await standing(folder)
    const raw = join(folder, '.earshot/objects/earshot/earshot.mentions.raw.v1')
    const segments = (await readdir(raw, { recursive: true })).filter((path) => path.endsWith('.avro')).sort()
    const damaged = join(raw, segments[0] as string)
    const whole = await readFile(damaged)
    await writeFile(damaged, whole.subarray(0, whole.length >> 1))
    for (const args of [[], ['--into', 'part']]) {
      const end = await runCli(folder, 'replay', ...ALL, ...args)
      expect(end).toMatchObject({ code: 1, output: expect.stringMatching(/0000\+0+\.avro is damaged, [\d,]+ records/) })
    }
    expect(ordered(await standing(folder))).toEqual(ordered(before))
    const part = await standing(folder, { index: 'part' })
    expect(part.size).toBeGreaterThan(MENTIONS / 8)
    expect(part.size).toBeLessThan(before.size)
    expect((await diffOf(folder, 'part')).mentions.onlyOld).toBe(before.size - part.size)
    await writeFile(damaged, whole)
  })

  it('refuses no rate, and what contradicts itself', async () => {
    const slow = await runCli(folder, 'replay', ...ALL, '--rate', '0')
    expect(slow).toMatchObject({ code: 2, errors: expect.stringContaining('expected a whole number from 1') })
    const both = await runCli(folder, 'replay', '--drop', 'same', '--into', 'same')
    expect(both).toMatchObject({ code: 2, errors: expect.stringContaining('cannot be used with') })
  })

  it('says when it found nothing of a source, and when nothing is archived', async () => {
    const unknown = await runCli(folder, 'replay', ...ALL, '--source', 'nobody', '--source', 'later', '--into', 'x')
    expect(unknown).toMatchObject({ code: 1, output: expect.stringMatching(/"nobody".*import, later/) })
    const empty = await temporaryFolder('empty')
    await writeFile(join(empty, 'earshot.yaml'), configuration())
    for (const args of [[], ['--into', 'x']]) {
      const end = await runCli(empty, 'replay', ...ALL, ...args)
      expect(end).toMatchObject({ code: 0, output: expect.stringContaining('nothing is archived') })
    }
  })
})
