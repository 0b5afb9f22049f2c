import { appendFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { Connector, ReadItem } from '#infra/contracts/connector.ts'
import { createFileConnector, type FileOptions } from '#ingest/file/file-connector.ts'
import type { MentionEvent } from '#schemas/generated.ts'
import { lastCursor, mentionEvents, readUntil } from '../contract/connector.ts'
import { testContext } from '../support/connector-context.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const context = testContext()
const NOW = context.clock.now()

async function fileOf(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(await temporaryFolder('import'), name)
  await writeFile(path, content)
  return path
}

const open = (path: string, more: Partial<FileOptions> = {}): Connector =>
  createFileConnector(
    {
      ...{ id: 'import', path, format: null, columns: {}, timeZone: 'UTC', dateOrder: null, platform: null },
      ...{ latenessMs: 600_000, prefilter: true, ...more },
    },
    context,
  )

const readAll = async (connector: Connector, cursor: string | null = null): Promise<readonly ReadItem[]> =>
  (await readUntil(connector, cursor, () => false)).items

async function read(
  name: string,
  content: string | Uint8Array,
  more: Partial<FileOptions> = {},
): Promise<readonly ReadItem[]> {
  return readAll(open(await fileOf(name, content), more))
}

async function events(
  name: string,
  content: string | Uint8Array,
  more: Partial<FileOptions> = {},
): Promise<MentionEvent[]> {
  return mentionEvents(await read(name, content, more))
}

const dead = (items: readonly ReadItem[]): [string, string, string][] =>
  items.flatMap((item): [string, string, string][] =>
    item.kind === 'dead' ? [[item.code, item.message, Buffer.from(item.bytes).toString('latin1')]] : [],
  )

async function failure(name: string, content: string | Uint8Array, more: Partial<FileOptions> = {}): Promise<string> {
  const connector = open(await fileOf(name, content), more)
  const [checked, read] = await Promise.all([
    connector.check(new AbortController().signal).then(
      () => null,
      (error: unknown) => error,
    ),
    readAll(connector).then(
      () => null,
      (error: unknown) => error,
    ),
  ])
  expect(checked).toMatchObject({ name: 'PipelineError', class: 'config' })
  expect(read).toMatchObject({ code: (checked as { code: string }).code })
  const { code, message } = checked as { code: string; message: string }
  return `${code} ${message}`
}

const line = (id: number, text = `post ${id} about acme`): string =>
  `${JSON.stringify({ id: String(id), text, publishedAt: '2026-01-04T10:00:00Z' })}\n`

const row = (id: number): string => `${id},"post ${id}, ${'grüße '.repeat(30)}a\nsecond ""line""",2026-01-04 10:00\r\n`

describe('createFileConnector', () => {
  const many = Array.from({ length: 12_000 }, (_, id) => id)
  const ndjson = many.map((id) => line(id, `post ${id} ${'grüße '.repeat(30)}`)).join('')
  const csv = `id,text,date\r\n${many.map((id) => row(id)).join('')}`
  const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(csv.replaceAll(',', '\t'), 'utf16le')])

  it.each([
    ['plain NDJSON', 'posts.ndjson', ndjson],
    ['gzip', 'posts.ndjson.gz', gzipSync(ndjson)],
    ['two gzip members', 'posts.jsonl.gz', Buffer.concat([gzipSync(ndjson.slice(0, 99)), gzipSync(ndjson.slice(99))])],
    ['zstd', 'posts.ndjson.zst', zstdCompressSync(ndjson)],
    ['CSV', 'posts.csv', csv],
    ['UTF-16', 'posts.tsv', utf16],
  ])('resumes %s from every checkpoint where it stopped, without a hole or a repeat', async (_, name, content) => {
    const path = await fileOf(name, content)
    const all = await readAll(open(path))
    const ids = many.map((id) => `file:${id}`)
    expect(mentionEvents(all).map(({ id }) => id)).toEqual(ids)
    const cursors = all.flatMap((item, at) => (item.kind === 'checkpoint' ? [{ at, cursor: item.cursor }] : []))
    expect(cursors.length).toBeGreaterThan(1)
    for (const { at, cursor } of cursors) {
      const before = mentionEvents(all.slice(0, at)).length
      const rest = mentionEvents(await readAll(open(path), cursor))
      expect(rest.map(({ id }) => id)).toEqual(ids.slice(before))
    }
    const done = all.flatMap((item) => (item.kind === 'checkpoint' && item.progress ? [item.progress] : []))
    expect(done.map((progress) => progress.done)).toEqual(
      done.map((progress) => progress.done).toSorted((a, b) => a - b),
    )
    expect(done.at(-1)).toEqual({ done: Buffer.byteLength(content), total: Buffer.byteLength(content), unit: 'bytes' })
  })

  it('reads on when the file has grown, and refuses another file or a shorter one', async () => {
    const path = await fileOf('posts.ndjson', line(1) + line(2))
    const cursor = lastCursor(await readAll(open(path)))
    await appendFile(path, line(3))
    expect(mentionEvents(await readAll(open(path), cursor)).map(({ id }) => id)).toEqual(['file:3'])
    for (const content of [line(1), line(9) + line(2) + line(3)]) {
      await writeFile(path, content)
      await expect(readAll(open(path), cursor)).rejects.toMatchObject({
        class: 'config',
        code: 'FILE_CHANGED',
        message: expect.stringContaining('new id'),
      })
    }
    const long = [1, 2, 3].map((id) => line(id, 'a'.repeat(3000)))
    await writeFile(path, long.join(''))
    const end = lastCursor(await readAll(open(path)))
    await writeFile(path, long.slice(0, 2).join(''))
    await expect(readAll(open(path), end)).rejects.toMatchObject({ code: 'FILE_CHANGED' })
    await expect(readAll(open(path), '12')).rejects.toMatchObject({ code: 'CURSOR_UNREADABLE' })
  })

  it('buries every bad line with its bytes and number, and reads the others', async () => {
    const lines = [line(1), '{"id": "half\n', 'null\n', '\n', '{"id":"7"}\n', line(2)]
    const items = await read(
      'posts.ndjson',
      Buffer.concat([Buffer.from(lines.join('')), Buffer.from([0xc3, 0x28, 10]), Buffer.from(line(3))]),
    )
    expect(mentionEvents(items).map(({ id }) => id)).toEqual(['file:1', 'file:2', 'file:3'])
    expect(dead(items)).toEqual([
      ['JSON_BROKEN', 'line 2: not valid JSON', '{"id": "half'],
      ['JSON_NO_OBJECT', 'line 3: no JSON object', 'null'],
      ['MENTION_EMPTY', 'line 5: neither text nor title nor address', '{"id":"7"}'],
      ['LINE_NOT_UTF8', expect.stringContaining('line 7'), '\xc3('],
    ])
  })

  it('buries bad rows of a table with their bytes and line, and reads the others', async () => {
    const rows = [
      row(1),
      '2,"never, closed\r\n',
      '3\r\n',
      '4,a text, with a comma,2026-01-04\r\n',
      '5,x,soon\r\n',
      ',,\r\n',
      '6,"a"b,2026-01-04\r\n',
    ]
    const items = await read('posts.csv', `id,text,date\r\n${rows.join('')}${row(7)}8,last,2026-01-04`)
    expect(mentionEvents(items).map(({ id }) => id)).toEqual(['file:1', 'file:7', 'file:8'])
    expect(dead(items).map(([code, message, bytes]) => [code, message.split(':')[0], bytes])).toEqual([
      ['CSV_QUOTES', 'line 4', '2,"never, closed'],
      ['ROW_TOO_SHORT', 'line 5', '3'],
      ['ROW_TOO_LONG', 'line 6', '4,a text, with a comma,2026-01-04'],
      ['DATE_UNREADABLE', 'line 7', '5,x,soon'],
      ['CSV_QUOTES', 'line 9', '6,"a"b,2026-01-04'],
    ])
  })

  it('keeps the order of operations on one id and of authors in the file', async () => {
    const operations = [
      { id: '1', text: 'first', author: 'ann' },
      { id: '1', op: 'update', text: 'second', author: 'ann' },
      { op: 'author.delete', author: 'ann' },
      { id: '2', text: 'she is back', author: 'ann' },
      { id: '1', op: 'delete' },
    ]
    const items = await read('posts.ndjson', operations.map((operation) => `${JSON.stringify(operation)}\n`).join(''))
    const [first, second, back, removed] = mentionEvents(items)
    const author = items.find((item) => item.kind === 'author')
    expect([first?.rev, second?.rev]).toEqual([NOW, NOW + 1])
    expect(author).toMatchObject({ event: { op: 'delete', authorId: 'ann', observedAt: NOW } })
    expect(back?.observedAt).toBe(NOW + 1)
    expect(removed).toMatchObject({ op: 'delete', mention: null })
  })

  it('finds the delimiter, the byte order mark and the charset', async () => {
    const textOf = async (content: string | Uint8Array): Promise<unknown[]> =>
      (await events('posts.csv', content)).map(({ mention }) => [mention?.text, mention?.author?.handle])
    const table = (mark: string, separator: string): string =>
      [`${mark}id;text;author;date`, '1;"grüße; Acme";ann;2026-01-04', '2;€ 5, "so";bob;2026-01-04']
        .join('\r\n')
        .replaceAll(';', separator)
    const expected = [
      ['grüße; Acme', 'ann'],
      ['€ 5, "so"', 'bob'],
    ]
    expect(await textOf(table('', ';'))).toEqual(expected)
    expect(await textOf(table('\ufeff', ';'))).toEqual(expected)
    expect(await textOf(`sep=;\r\n${table('', ';')}`)).toEqual(expected)
    expect(await textOf(Buffer.from(table('\ufeff', '\t'), 'utf16le'))).toEqual(
      expected.map(([text, author]) => [text?.replace('; ', '\t '), author]),
    )
    const windows1252 = Buffer.from(table('', ';').replace('€', '\x80'), 'latin1')
    expect(await textOf(windows1252)).toEqual(expected)
  })

  it('says which rows of a UTF-8 file are no UTF-8', async () => {
    const content = Buffer.concat([
      Buffer.from('id,text,date\n1,grüße,2026-01-04\n'),
      Buffer.from('2,gr\xfc\xdfe,2026-01-04\n', 'latin1'),
    ])
    const items = await read('posts.csv', content)
    expect(mentionEvents(items).map(({ mention }) => mention?.text)).toEqual(['grüße'])
    expect(dead(items)).toEqual([['ROW_NOT_UTF8', expect.stringContaining('line 3'), '2,gr\xfc\xdfe,2026-01-04']])
  })

  it('finds the header behind the rows that a tool puts before it', async () => {
    const preamble = 'Report:,Acme weekly\r\nFrom:,"1 Jan 2026"\r\n\r\nId,about\r\n'
    const [event] = await events(
      'export.csv',
      `${preamble}Query Name,Page Type,Full Text,Date,Resource Id\r\nq,twitter,hello,2026-01-02 10:00:00.0,77\r\n`,
    )
    expect(event).toMatchObject({
      id: 'x:77',
      mention: {
        text: 'hello',
        publishedAt: Date.UTC(2026, 0, 2, 10),
        imported: { tool: 'brandwatch', extra: { 'Query Name': 'q' } },
      },
    })
  })

  it('keeps columns of the same name apart, unwraps ids, and joins date and time', async () => {
    const header = 'Hit Sentence,Tweet Id,Date,Time,Author Country,Author Country,Twitter Followers,Sentiment,Reach'
    const cells = 'hello,"=""1377654321098765432""",4-Jul-2025,11:59 PM,DE,FR,"1,234",Not Rated,12K'
    const [event] = await events('export.csv', `${header}\r\n${cells}\r\n`, {
      platform: 'x',
      timeZone: 'Europe/Berlin',
    })
    expect(event).toMatchObject({
      id: 'x:1377654321098765432',
      mention: {
        publishedAt: Date.UTC(2025, 6, 4, 21, 59),
        imported: {
          tool: 'meltwater',
          sentiment: 'Not Rated',
          extra: { 'Author Country': 'DE', 'Author Country#2': 'FR', Reach: '12K' },
        },
      },
    })
  })

  it('takes the columns that the configuration names', async () => {
    const columns = { id: 'Nr', text: 'Wortlaut', publishedAt: 'wann', 'author.handle': 'wer' }
    const [event] = await events('a.csv', 'Nr;wer;Wortlaut;wann;Text\n5;ann;hallo;2026-01-02;nicht das\n', { columns })
    expect(event).toMatchObject({
      id: 'file:5',
      mention: { text: 'hallo', author: { handle: 'ann' }, imported: { extra: { Text: 'nicht das' } } },
    })
    expect(await failure('a.csv', 'Nr;wer\n5;ann\n', { columns })).toMatch(
      /^COLUMN_MISSING .*`columns: \{ text: … \}`.* Nr, wer/,
    )
    expect(await failure('a.csv', 'Nr;Wortlaut\n5;hallo\n')).toMatch(/^HEADER_UNKNOWN .*columns: \{ text:/)
  })

  it('infers from the file how it writes dates, or names the setting', async () => {
    const table = (...dates: string[]): string =>
      `id,text,date\n${dates.map((date, at) => `${at},x,${date}\n`).join('')}`
    const days = async (content: string, more: Partial<FileOptions> = {}): Promise<unknown[]> =>
      (await events('a.csv', content, more)).map(({ mention }) =>
        new Date(mention?.publishedAt ?? 0).toISOString().slice(0, 10),
      )
    expect(await days(table('03/04/2022', '13/04/2022'))).toEqual(['2022-04-03', '2022-04-13'])
    expect(await days(table('03/04/2022', '04/13/2022'))).toEqual(['2022-03-04', '2022-04-13'])
    expect(await days(table('03/04/2022'), { dateOrder: 'day-first' })).toEqual(['2022-04-03'])
    expect(await failure('a.csv', table('04/04/2022', '03/04/2022'))).toMatch(
      /^DATE_ORDER_UNKNOWN .*line 3.*dateOrder: day-first/,
    )
  })

  it('resumes with the order of dates that it inferred', async () => {
    const path = await fileOf('a.csv', 'id,text,date\n1,x,13/04/2022\n')
    const cursor = lastCursor(await readAll(open(path)))
    await appendFile(path, '2,x,03/04/2022\n')
    const [event] = mentionEvents(await readAll(open(path), cursor))
    expect(event?.mention?.publishedAt).toBe(Date.UTC(2022, 3, 3))
  })

  it('buries a row that ends before its text or has more cells than columns', async () => {
    const items = await read(
      'a.csv',
      'id,author,text,date,likes\n1,ann,ok,2026-01-02\n2,ann\n3,ann,a, b,2026-01-02,5,\n4,ann,ok,2026-01-02,5,,\n',
    )
    expect(mentionEvents(items).map(({ id }) => id)).toEqual(['file:1', 'file:4'])
    expect(dead(items).map(([code, message]) => [code, message])).toEqual([
      ['ROW_TOO_SHORT', 'line 3: 2 of 5 cells: it ends before "date"'],
      ['ROW_TOO_LONG', expect.stringMatching(/line 4: .*not quoted/)],
    ])
  })

  it('refuses with the remedy what it cannot read', async () => {
    expect(await failure('export.xlsx', 'PK\x03\x04rest')).toMatch(/^FILE_FORMAT .*save it as CSV/)
    expect(await failure('export.data', 'x')).toMatch(/^FILE_FORMAT .*`format: ndjson`/)
    const missing = open(join(await temporaryFolder('import'), 'gone.csv'))
    await expect(missing.check(new AbortController().signal)).rejects.toMatchObject({
      code: 'FILE_UNREADABLE',
      message: expect.stringContaining('path'),
    })
  })

  it('reads what can be unpacked of a damaged archive, and then says so', async () => {
    const packed = gzipSync(Buffer.from(ndjson))
    const path = await fileOf('a.ndjson.gz', packed.subarray(0, packed.length / 2))
    const items: ReadItem[] = []
    const reading = (async () => {
      for await (const item of open(path).read(null, new AbortController().signal)) items.push(item)
    })()
    await expect(reading).rejects.toMatchObject({ class: 'config', code: 'FILE_DAMAGED' })
    expect(mentionEvents(items).length).toBeGreaterThan(1_000)
  })

  it.each([
    ['gzip', (bytes: Buffer) => gzipSync(bytes)],
    ['zstd', (bytes: Buffer) => zstdCompressSync(bytes)],
  ])('stops a %s bomb', async (_, pack) => {
    const path = await fileOf('a.ndjson.gz', pack(Buffer.alloc(40 << 20, 'a')))
    await expect(readAll(open(path))).rejects.toMatchObject({
      class: 'config',
      code: 'FILE_BOMB',
      message: expect.stringContaining('unpack it'),
    })
  })

  it('ends an empty file with a checkpoint', async () => {
    for (const name of ['a.ndjson', 'a.csv'])
      expect((await read(name, '')).map(({ kind }) => kind)).toEqual(['checkpoint'])
  })

  it('keeps a text of 1 MB and buries a line of 9 MB with its beginning', async () => {
    const items = await read('a.ndjson', line(1, 'a'.repeat(1 << 20)) + line(2, 'b'.repeat(9 << 20)) + line(3))
    expect(mentionEvents(items).map(({ id, mention }) => [id, mention?.text?.length])).toEqual([
      ['file:1', 1 << 20],
      ['file:3', 17],
    ])
    expect(dead(items)).toEqual([
      ['LINE_TOO_LONG', expect.stringContaining('line 2'), expect.stringMatching(/^\{"id":"2"/)],
    ])
  })
})
