import { execFileSync } from 'node:child_process'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { SearchIndex } from '#infra/contracts/search-index.ts'
import { systemClock } from '#infra/runtime/system-clock.ts'
import { WordCounter } from '#infra/runtime/word-counter.ts'
import { openSqliteSearchIndex } from '#infra/sqlite/search-index.ts'
import { randomFrom } from '../../../scripts/bench/lifelike-events.ts'
import { asking } from '../../contract/search-index-fixture.ts'
import { created, NOON, operation, wire } from '../../support/enriched-event.ts'
import { hasSmallDisk, onSmallDisk } from '../../support/small-disk.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const newPath = async () => join(await temporaryFolder('search-index'), 'index.db')
const open = (path: string, readOnly = false) => openSqliteSearchIndex({ path, clock: systemClock, readOnly })
const EVERYTHING = { query: null, range: { since: null, until: null }, brands: [] }
const total = async (index: SearchIndex) =>
  (await index.search({ ...EVERYTHING, sort: 'newest', limit: 0, after: null })).total

describe('a search index beside its writer', () => {
  it('is read while it is written, and refuses to write', async () => {
    const path = await newPath()
    await using writer = await open(path)
    await using reader = await open(path, true)
    await writer.write([wire(created('file:1'))])
    expect(await total(reader)).toBe(1)
    expect((await reader.get(['file:1']))[0]?.id).toBe('file:1')
    const refused = { class: 'config', code: 'INDEX_READ_ONLY' }
    await expect(reader.write([wire(created('file:2'))])).rejects.toMatchObject(refused)
    await expect(reader.prune(0, null)).rejects.toMatchObject(refused)
  })

  it('says so when there is no file to read', async () => {
    await expect(open(await newPath(), true)).rejects.toMatchObject({ class: 'config', code: 'DATABASE_UNREADABLE' })
  })

  it('does not let the WAL grow while somebody searches without a pause', { timeout: 60_000 }, async () => {
    const path = await newPath()
    await using index = await open(path)
    const extra = { padding: 'x'.repeat(400_000) }
    const mention = { imported: { tool: null, sentiment: null, extra } }
    let writing = true
    const searching = (async () => {
      while (writing) await index.search({ ...EVERYTHING, sort: 'newest', limit: 1, after: null })
    })()
    let largest = 0
    for (let n = 0; n < 20; n++) {
      await index.write(Array.from({ length: 20 }, (_, i) => wire(created(`file:${n}-${i}`, { mention }))))
      largest = Math.max(largest, statSync(`${path}-wal`).size)
    }
    writing = false
    await searching
    expect(statSync(path).size).toBeGreaterThan(90_000_000)
    expect(largest).toBeLessThan(100_000_000)
  })
})

describe('an index that was written before fields could be asked', () => {
  it('is brought up to date when it is opened to write, also when that is broken off; readers are told to wait', async () => {
    const path = await newPath()
    const mentions = 1_200
    {
      await using index = await open(path)
      const reviews = Array.from({ length: mentions }, (_, i) =>
        created(`file:${i}`, { text: 'good 🔥', mention: { kind: i % 2 === 0 ? 'review' : 'post' }, author: 'ann' }),
      )
      await index.write([...reviews, operation('file:0', 'hide', NOON + 1)].map(wire))
    }
    const earlier = new DatabaseSync(path)
    earlier.exec(`
      INSERT INTO fts (fts) VALUES ('delete-all');
      INSERT INTO fts (rowid, document) SELECT row, tokens || ' !all' FROM text;
      DROP TABLE rebuild; ALTER TABLE text DROP COLUMN facts; PRAGMA user_version = 1;
    `)
    earlier.close()
    await expect(open(path, true)).rejects.toMatchObject({ code: 'DATABASE_OLDER' })
    const fields = asking('kind:review emoji:🔥 is:reply OR kind:review 🔥')
    const found = async (index: SearchIndex) =>
      (await index.search({ ...fields, sort: 'newest', limit: 0, after: null })).total
    {
      await using index = await open(path)
      expect(await found(index)).toBe(mentions / 2 - 1)
    }
    const half = new DatabaseSync(path)
    half.exec(`INSERT INTO rebuild SELECT row FROM text ORDER BY row LIMIT 1 OFFSET 600; UPDATE text SET facts = ''`)
    half.close()
    {
      await using reader = await open(path, true)
      await expect(found(reader)).rejects.toMatchObject({ class: 'transient', code: 'INDEX_REBUILDING' })
      await using index = await open(path)
      expect(await found(index)).toBe(mentions / 2 - 1)
      expect(await found(reader)).toBe(mentions / 2 - 1)
    }
    const rebuilt = new DatabaseSync(path, { readOnly: true })
    expect(rebuilt.prepare(`SELECT count(*) AS n FROM text WHERE facts <> ''`).get()).toEqual({ n: mentions - 601 })
    rebuilt.close()
  })
})

describe('a damaged search index', () => {
  it('is named, with the remedy, as soon as it is met', async () => {
    const path = await newPath()
    const index = await open(path)
    await index.write(Array.from({ length: 900 }, (_, i) => wire(created(`file:${i}`))))
    await index[Symbol.asyncDispose]()
    const bytes = readFileSync(path)
    writeFileSync(path, bytes.fill(0xee, 4_096 * 2))
    const use = async () => {
      await using damaged = await open(path)
      await damaged.write([wire(created('file:1', { text: 'changed', rev: NOON + 1 }))])
    }
    await expect(use()).rejects.toMatchObject({ class: 'config', code: 'DATABASE_DAMAGED' })
    await expect(use()).rejects.toThrow(path)
  })
})

describe.skipIf(!hasSmallDisk())('a full disk', () => {
  it('is a transient error that names the remedy; what was written stands, and work goes on when there is room', async () => {
    const child = fileURLToPath(new URL('./children/fill-index.ts', import.meta.url))
    const folder = await temporaryFolder('full-index')
    const command = onSmallDisk(folder, [process.execPath, child, folder])
    const result = JSON.parse(execFileSync(...command, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }))
    expect(result.full).toMatchObject({
      code: 'DISK_FULL',
      class: 'transient',
      message: expect.stringMatching(/free some/),
    })
    expect(result.full.count).toBeGreaterThan(10)
    expect(result.between).toBe(result.full.count * 2)
    expect(result.outcomes).toEqual([{ kind: 'new' }, { kind: 'new' }])
    expect(result.after).toBe(result.between + 2)
  })
})

describe('words of many mentions', () => {
  it('are counted in a sample, and off by no more than it says', { timeout: 120_000 }, async () => {
    await using index = await open(await newPath())
    const mentions = 52_000
    const random = randomFrom(1)
    const words = new WordCounter()
    for (let from = 0; from < mentions; from += 4_000) {
      const events = Array.from({ length: 4_000 }, (_, i) => {
        const tokens = `often|Often word${Math.floor(random() ** 2 * 60)} word${Math.floor(random() ** 4 * 2_000)}`
        return { ...created(`file:${from + i}`, { publishedAt: NOON + (from + i) * 1_000 }), tokens }
      })
      for (const { tokens } of events) words.add(tokens)
      await index.write(events.map(wire))
    }
    const { terms, termError } = await index.aggregate({
      ...EVERYTHING,
      buckets: false,
      terms: ['word', 'platform'],
      termLimit: 50,
    })
    expect(terms.platform).toEqual([{ term: 'bluesky', mentions }])
    expect(termError).toBeGreaterThan(0)
    expect(termError).toBeLessThan(mentions / 20)
    expect(terms.word![0]).toMatchObject({ term: 'often' })
    const exact = words.counts
    for (const { term, mentions: count } of terms.word!) {
      expect(Math.abs(count - exact.get(term)!)).toBeLessThanOrEqual(termError)
    }
  })
})
