import { acceptedOf, type BooksSnapshot, handledOf, sum, type Tally, waitingOf } from '#infra/runtime/books.ts'
import type { Paint } from './terminal/paint.ts'

/** The books of a run as lines (DESIGN §2): what was read, what became of it, and whether that adds up. */
export function printBooks(books: BooksSnapshot, paint: Paint): string[] {
  const rows = Object.entries(books.connectors).map(([id, book]) => {
    const parts = [
      ...reasons('ignored', book.ignored),
      `unmatched ${count(book.unmatched)}`,
      ...reasons('dead', book.dead),
      `accepted ${count(book.accepted)}`,
    ]
    const authors = book.authors > 0 ? `; ${count(book.authors)} author operations` : ''
    return `  ${id}: read ${count(book.read)} = ${parts.join(' + ')}${authors}`
  })
  const { pipeline, carried } = books
  const parts = [
    `new ${count(pipeline.new)}`,
    `replaced ${count(pipeline.replaced)}`,
    `stale ${count(pipeline.stale)}`,
    `removed ${count(pipeline.removed)}`,
    ...reasons('dropped', pipeline.dropped),
    ...reasons('dead', pipeline.dead),
  ]
  const before = carried > 0 ? `carried over ${count(carried)} + ` : ''
  const waiting = waitingOf(books)
  const verdict =
    waiting === 0 ? paint('green', 'the books balance') : paint('yellow', `${count(waiting)} still on the way`)
  return [
    paint('bold', 'books'),
    ...rows,
    `  pipeline: ${before}accepted ${count(acceptedOf(books))} = ${parts.join(' + ')}`,
    `  ${verdict}`,
  ]
}

/** The same for machines, with the sums that the lines show. */
export const booksJson = (books: BooksSnapshot): unknown => ({
  ...books,
  accepted: acceptedOf(books),
  handled: handledOf(books),
  waiting: waitingOf(books),
})

const count = (n: number): string => n.toLocaleString('en-US')

function reasons(name: string, tally: Tally): string[] {
  const total = sum(tally)
  if (total === 0) return []
  const each = Object.entries(tally).map(([reason, n]) => `${reason} ${count(n)}`)
  return [`${name} ${count(total)} (${each.join(', ')})`]
}
