import { appendFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openForReading } from '#scripts/compose.ts'
import { operationsCorpus } from '#test/chaos/operations-corpus.ts'
import { runCli, startCli } from '#test/support/run-cli.ts'
import { standing } from '#test/support/standing.ts'
import { temporaryFolder } from '#test/support/temporary-folder.ts'

const configuration = (products: string) => `brands:
  - { id: acme, name: Acme, query: acme, products: [${products}] }
  - { id: editor, name: Editor, query: edited }
connectors:
  - { id: import, type: file, path: corpus.ndjson }
`

const rule = `alerts:
  - { id: mood, brand: acme, on: sentiment-spike, deliver: [{ type: terminal }] }
`

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
  await appendFile(join(replayed, 'earshot.yaml'), rule)
  expect((await runCli(fresh, 'run', '--until-idle')).code).toBe(0)
  const end = await runCli(replayed, 'replay', '--from', '2020-01-01', '--to', '2030-01-01', '--json')
  expect(end).toMatchObject({ code: 0 })
  const books = JSON.parse(end.output) as { index: { new: number; replaced: number } }
  expect(books).toMatchObject({ waiting: { enrich: 0, index: 0 }, index: { new: 0 } })
  expect(books.index.replaced).toBeGreaterThanOrEqual(obligations.standing.size)

  const repeated = await runCli(replayed, 'replay', '--from', '2020-01-01', '--to', '2029-01-01', '--json')
  expect(JSON.parse(repeated.output)).toMatchObject({
    waiting: { enrich: 0, index: 0 },
    index: { new: 0, replaced: 0 },
  })

  // Of the operations with a text only those that the brand's query finds, all others of a mention.
  const own = await runCli(
    replayed,
    'replay',
    '--from',
    '2020-01-01',
    '--to',
    '2030-01-01',
    '--brand',
    'editor',
    '--json',
  )
  const connectors: Record<string, { accepted: number; ignored: Record<string, number> }> = JSON.parse(
    own.output,
  ).connectors
  const [book] = Object.values(connectors)
  const lines = text
    .trim()
    .split('\n')
    .map((line): { op: string; text?: string } => JSON.parse(line))
  const others = lines.filter(
    ({ op, text: said }) => op.startsWith('author.') || !(said ?? 'edited').includes('edited'),
  )
  const left = (book?.ignored['not of the brand'] ?? 0) + (book?.ignored['deleted since'] ?? 0)
  expect(book?.ignored['not of the brand']).toBeGreaterThan(100)
  expect(left).toBeGreaterThanOrEqual(others.length)
  expect(book?.accepted).toBeLessThanOrEqual(lines.length - others.length)
  expect(book?.accepted).toBeGreaterThan(0)
  const unknown = await runCli(replayed, 'replay', '--from', '7d', '--to', '0d', '--brand', 'nobody')
  expect(unknown).toMatchObject({ code: 2, errors: expect.stringMatching(/nobody.*acme, editor/) })

  await using installation = await openForReading(join(replayed, '.earshot'))
  expect(await installation.table.list('mood/')).toEqual([]) // its rule has not even begun

  const after = await standing(replayed)
  expect([...after.keys()].sort()).toEqual([...obligations.standing.keys()].sort())
  expect(after).not.toEqual(before) // the new profile names products
  expect(after).toEqual(await standing(fresh))
})

it('finds what an interrupted run had not archived yet', { timeout: 60_000 }, async () => {
  const folder = await temporaryFolder('interrupted')
  await writeFile(join(folder, 'earshot.yaml'), configuration(''))
  const posts = ['one', 'two'].map((id) => JSON.stringify({ id, text: 'acme', publishedAt: '2026-01-05T10:00:00Z' }))
  await writeFile(join(folder, 'corpus.ndjson'), `${posts.join('\n')}\n`)
  const running = startCli(folder, 'run')
  await expect.poll(() => running.errors(), { timeout: 30_000 }).toContain('up to date, 2 indexed')
  running.child.kill('SIGINT')
  expect(await running.end).toMatchObject({ code: 130 })

  const end = await runCli(folder, 'replay', '--from', '2020-01-01', '--to', '2040-01-01', '--json')
  const { connectors } = JSON.parse(end.output) as { connectors: Record<string, { read: number }> }
  expect(Object.values(connectors)).toMatchObject([{ read: 2 }])
})
