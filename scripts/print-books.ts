import { acceptedOf, type BooksSnapshot, handledOf, sum, type Tally, takenOf, waitingOf } from '#infra/runtime/books.ts'
import type { Paint } from './terminal/paint.ts'

/**
 * The books of a run as lines, hop by hop (DESIGN §2): what was read, what became of it, and whether that adds up. With `part`
 * they are those of a process that others work beside: what one takes another has read, so only each hop adds up by itself.
 */
export function printBooks(books: BooksSnapshot, paint: Paint, part = false): string[] {
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
  const { enrich, index } = books
  const taken = takenOf(books)
  const passed = [
    `passed on ${count(enrich.passed)}`,
    ...reasons('dropped', enrich.dropped),
    ...reasons('dead', enrich.dead),
  ]
  const written = [
    `new ${count(index.new)}`,
    `replaced ${count(index.replaced)}`,
    `stale ${count(index.stale)}`,
    `removed ${count(index.removed)}`,
    ...reasons('dropped', index.dropped),
    ...reasons('dead', index.dead),
  ]
  return [
    paint('bold', 'books'),
    ...rows,
    `  enrich: took ${count(taken.enrich)} = ${passed.join(' + ')}`,
    `  index: took ${count(taken.index)} = ${written.join(' + ')}`,
    `  ${part ? 'of this process; other processes work beside it: earshot status' : verdict(books, paint)}`,
  ]
}

/** The same for machines, with the sums that the lines show. */
export const booksJson = (books: BooksSnapshot): unknown => ({
  ...books,
  accepted: acceptedOf(books),
  taken: takenOf(books),
  handled: handledOf(books),
  waiting: waitingOf(books),
})

function verdict(books: BooksSnapshot, paint: Paint): string {
  const { carried } = books
  const waiting = waitingOf(books)
  const before = (n: number, stage: string) => (n > 0 ? [`${count(n)} before ${stage}`] : [])
  const left = [...before(carried.enrich, 'enrich'), ...before(carried.index, 'index')]
  const found = left.length === 0 ? '' : `, with what an earlier run had left or was handled twice: ${left.join(', ')}`
  if (waiting.enrich === 0 && waiting.index === 0) return `${paint('green', 'the books balance')}${found}`
  const way = [...before(waiting.enrich, 'enrich'), ...before(waiting.index, 'index')]
  return `${paint('yellow', `still on the way: ${way.join(', ')}`)}${found}`
}

const count = (n: number): string => n.toLocaleString('en-US')

function reasons(name: string, tally: Tally): string[] {
  const total = sum(tally)
  if (total === 0) return []
  const each = Object.entries(tally).map(([reason, n]) => `${reason} ${count(n)}`)
  return [`${name} ${count(total)} (${each.join(', ')})`]
}
