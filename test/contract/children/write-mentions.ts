// Writes numbered mentions, and deletes every third batch's first one again; prints what it did once the call has resolved. Runs until killed.
import type { SearchIndex } from '#infra/contracts/search-index.ts'
import { created, operation, wire } from '../../support/enriched-event.ts'

const [, , module, store, prefix] = process.argv as string[]
const { open } = (await import(module!)) as { open(store: string): Promise<SearchIndex> }
const index = await open(store!)

for (let batch = 0; ; batch++) {
  const ids = Array.from({ length: 20 }, (_, i) => `${prefix}${batch * 20 + i}`)
  await index.write(ids.map((id, i) => wire(created(id, { text: `crash ${id}`, publishedAt: batch * 1_000 + i }))))
  process.stdout.write(`${ids.map((id) => `held ${id}`).join('\n')}\n`)
  if (batch % 3 > 0) continue
  process.stdout.write(`deleting ${ids[0]}\n`)
  await index.write([wire(operation(ids[0]!, 'delete', batch * 1_000))])
  process.stdout.write(`gone ${ids[0]}\n`)
}
