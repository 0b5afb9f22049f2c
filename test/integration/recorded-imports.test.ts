import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readCsvTable } from '#ingest/file/csv-table.ts'
import { FILE_MAPPER, mapFileRecord } from '#ingest/file/map-file.ts'
import { ndjsonRows } from '#ingest/file/ndjson-rows.ts'
import { Columns } from '#ingest/file/record-builder.ts'
import { payloadOf } from '#ingest/payload-of.ts'

const folder = new URL('../../../shared/connectors/samples/imports/', import.meta.url)

const sample = (file: string): Buffer => readFileSync(new URL(file, folder))

/** Which column fills a field. */
function fieldsOf(file: string): { readonly tool: string | null; readonly fields: Record<string, string> } {
  const { columns, tool } = readCsvTable(sample(file), true, new Columns({}), file)
  const known = columns.flatMap(({ name, known }) => (known === null ? [] : [{ name, ...known }]))
  const winners = known.toSorted((a, b) => b.rank - a.rank).map(({ field, name }) => [field, name])
  return { tool, fields: Object.fromEntries(winners) }
}

describe.skipIf(!existsSync(folder))('the headers of other listening tools', () => {
  it('of Brandwatch', () => {
    const { tool, fields } = fieldsOf('brandwatch_header_with_duplicates.csv')
    expect(tool).toBe('brandwatch')
    expect(fields).toMatchObject({
      ...{ id: 'Resource Id', url: 'Url', text: 'Full Text', title: 'Title', publishedAt: 'Date', ingestedAt: 'Added' },
      ...{ platform: 'Page Type', lang: 'Language', 'author.handle': 'Author', 'author.name': 'Full name' },
      ...{ 'author.followers': 'Twitter Followers', 'container.name': 'Domain', 'imported.sentiment': 'Sentiment' },
      ...{ 'geo.country': 'Country', 'engagement.shares': 'Twitter Retweets', 'thread.rootId': 'Thread Id' },
    })
    const { columns } = readCsvTable(sample('brandwatch_header_with_duplicates.csv'), true, new Columns({}), '')
    expect(columns.filter(({ name }) => name.startsWith('Author Country')).map(({ name }) => name)).toEqual([
      ...['Author Country', 'Author Country Code', 'Author Country#2', 'Author Country Code#2'],
    ])
  })

  it.each([
    ['meltwater_header_2019_2022.csv', 'Twitter Screen Name'],
    ['meltwater_header_2025.csv', 'Influencer'],
  ])('of Meltwater: %s', (file, handle) => {
    const { tool, fields } = fieldsOf(file)
    expect(tool).toBe('meltwater')
    expect(fields).toMatchObject({
      ...{ url: 'URL', title: 'Headline', text: 'Hit Sentence', publishedAt: 'Date', siteOrPlatform: 'Source' },
      ...{
        'author.handle': handle,
        lang: 'Language',
        'imported.sentiment': 'Sentiment',
        'geo.country': 'Country',
      },
    })
  })

  it('of Talkwalker, as JSON', () => {
    const bytes = Buffer.from(JSON.stringify(JSON.parse(sample('talkwalker_document_docs.json').toString())))
    const piece = { bytes, line: 1, next: { offset: bytes.length, line: 2 }, whole: true }
    const [row] = ndjsonRows(piece, new Columns({}))
    if (row?.kind !== 'record') throw new Error('no record')
    const mapped = mapFileRecord(row.record, payloadOf(bytes, 'application/json', FILE_MAPPER), Date.UTC(2026, 0), {
      sourceOf: (platform) => ({ connector: 'a', platform, instance: null, latenessMs: 1 }),
      platform: 'file',
      time: { timeZone: 'UTC', dateOrder: null },
      tool: 'talkwalker',
      stamp: (_, observedAt) => observedAt,
    })
    const document = JSON.parse(bytes.toString())
    expect(mapped).toMatchObject({
      kind: 'mention',
      event: {
        id: `file:${document.url}`,
        mention: {
          text: document.content,
          title: document.title,
          author: { id: document.extra_author_attributes.id },
          publishedAt: document.published,
          url: document.url,
          thread: null,
        },
      },
    })
  })
})
