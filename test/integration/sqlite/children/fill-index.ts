// Runs on a disk of its own that holds 64 MB: writes mentions up to the error, makes room, and prints what happened as JSON.
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { systemClock } from '#infra/runtime/system-clock.ts'
import { openSqliteSearchIndex } from '#infra/sqlite/search-index.ts'
import { created, wire } from '../../../support/enriched-event.ts'

const folder = process.argv[2] as string
const ballast = join(folder, 'ballast')
await writeFile(ballast, new Uint8Array(24_000_000))
const index = await openSqliteSearchIndex({ path: join(folder, 'index.db'), clock: systemClock })
const everything = {
  query: null,
  range: { since: null, until: null },
  brands: [],
  sort: 'newest',
  after: null,
} as const
const total = async () => (await index.search({ ...everything, limit: 0 })).total
const write = (n: number) =>
  index.write([wire(created(`file:${n}`, { text: `mention ${n} `.repeat(5_000) })), wire(created(`file:also-${n}`))])

let full:
  | { readonly count: number; readonly code: string; readonly class: string; readonly message: string }
  | undefined
for (let count = 0; full === undefined; count++) {
  try {
    await write(count)
  } catch (error) {
    const { code, class: errorClass, message } = error as { code: string; class: string; message: string }
    full = { count, code, class: errorClass, message }
  }
}
const between = await total()
await rm(ballast)
const outcomes = await write(full.count)
const after = await total()
await index[Symbol.asyncDispose]()
process.stdout.write(JSON.stringify({ full, between, outcomes, after }))
