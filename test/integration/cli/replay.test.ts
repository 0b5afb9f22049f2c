import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { Hit } from '#infra/contracts/search-index.ts'
import { openForReading } from '#scripts/compose.ts'
import { operationsCorpus } from '#test/chaos/operations-corpus.ts'
import { runCli } from '#test/support/run-cli.ts'
import { temporaryFolder } from '#test/support/temporary-folder.ts'

const configuration = (products: string) => `brands:
  - { id: acme, name: Acme, query: acme, products: [${products}] }
connectors:
  - { id: import, type: file, path: corpus.ndjson }
`

/** What stands, without what must differ: the number of the generation and where the raw record lies. */
async function standing(folder: string): Promise<Map<string, unknown>> {
  await using installation = await openForReading(join(folder, '.earshot'))
  const found = new Map<string, unknown>()
  const everything = { query: null, range: { since: null, until: null }, brands: [] }
  for (let after: string | null = null; ; ) {
    const page: { hits: readonly Hit[]; next: string | null } = await installation.index.search({
      ...everything,
      sort: 'oldest',
      limit: 1_000,
      after,
    })
    for (const { id, content } of page.hits) {
      const { generation: _generation, raw, source: _source, ...rest } = content
      found.set(id, { ...rest, sha256: raw?.sha256 })
    }
    if (page.next === null) return found
    after = page.next
  }
}

it('gives with a new profile what a fresh run gives, and brings nothing back', { timeout: 90_000 }, async () => {
  const { text, obligations } = operationsCorpus(5, 600)
  const replayed = await temporaryFolder('replayed')
  const fresh = await temporaryFolder('fresh')
  for (const folder of [replayed, fresh]) await writeFile(join(folder, 'corpus.ndjson'), text)

  await writeFile(join(replayed, 'earshot.yaml'), configuration(''))
  expect((await runCli(replayed, 'run', '--until-idle')).code).toBe(0)
  const before = await standing(replayed)

  for (const folder of [replayed, fresh])
    await writeFile(join(folder, 'earshot.yaml'), configuration('mention, edited'))
  expect((await runCli(fresh, 'run', '--until-idle')).code).toBe(0)
  const end = await runCli(replayed, 'replay', '--from', '2020-01-01', '--to', '2030-01-01', '--json')
  expect(end).toMatchObject({ code: 0 })
  const books = JSON.parse(end.output) as { waiting: number; pipeline: { new: number; replaced: number } }
  expect(books).toMatchObject({ waiting: 0, pipeline: { new: 0 } })
  expect(books.pipeline.replaced).toBeGreaterThanOrEqual(obligations.standing.size)

  const repeated = await runCli(replayed, 'replay', '--from', '2020-01-01', '--to', '2029-01-01', '--json')
  expect(JSON.parse(repeated.output)).toMatchObject({ waiting: 0, pipeline: { new: 0, replaced: 0 } })

  const after = await standing(replayed)
  expect([...after.keys()].sort()).toEqual([...obligations.standing.keys()].sort())
  expect(after).not.toEqual(before) // the new profile names products
  expect(after).toEqual(await standing(fresh))
})
