import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type BooksSnapshot, handledOf, sum } from '#infra/runtime/books.ts'
import { mostOf, runSamples } from '../support/sample-run.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

/** Recordings that are not ours to publish; they lie beside the checkout of those who have them. */
const samples = join(import.meta.dirname, '../../../shared/connectors/samples')

describe.skipIf(!existsSync(samples))('everything recorded', () => {
  it('runs through the command line until it is idle, and its books balance', { timeout: 90_000 }, async () => {
    const { end, feeds, deadLetters } = await runSamples(samples, await temporaryFolder('samples'))
    expect(end).toMatchObject({ code: 0 })
    const books = JSON.parse(end.output) as BooksSnapshot & { accepted: number }

    expect(Object.keys(books.connectors)).toHaveLength(feeds.length + 2)
    for (const [id, { read, ignored, unmatched, dead, accepted }] of Object.entries(books.connectors)) {
      expect([id, sum(ignored) + unmatched + sum(dead) + accepted]).toEqual([id, read])
    }
    expect(handledOf(books)).toBe(books.accepted)
    expect(books).toMatchObject({ carried: { enrich: 0, index: 0 }, waiting: { enrich: 0, index: 0 } })
    expect(books.connectors.bluesky).toMatchObject({ read: 141, accepted: 32, authors: 1, dead: {} })
    // Four of the five recorded items were told as an edit of what the search had given before; the fifth is an option of a poll.
    expect(books.index.replaced).toBe(4)

    const short = feeds.filter(({ connector, measured }) => {
      return (books.connectors[connector]?.read ?? 0) < (mostOf(measured) ?? 0)
    })
    expect(short).toEqual([])
    const buried = Object.values(books.connectors).reduce((total, { dead }) => total + sum(dead), 0)
    expect(deadLetters).toHaveLength(buried + sum(books.enrich.dead) + sum(books.index.dead))
  })
})
