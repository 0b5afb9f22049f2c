import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { runCli, startCli } from '#test/support/run-cli.ts'
import { temporaryFolder } from '#test/support/temporary-folder.ts'

const TIMEOUT = { timeout: 60_000 }
const LINES = [
  {
    id: '1',
    text: 'Acme shoes are really great, love them',
    publishedAt: '2026-01-05T10:00:00Z',
    author: { id: 'a', handle: 'ann' },
    lang: 'en',
  },
  {
    id: '2',
    text: 'acme support is terrible, I am so angry',
    publishedAt: '2026-01-05T11:00:00Z',
    author: { id: 'b', handle: 'ben' },
    lang: 'en',
  },
  { id: '3', text: 'nothing about the brand', publishedAt: '2026-01-05T12:00:00Z' },
  {
    id: '2',
    op: 'update',
    text: 'acme support is fine after all',
    publishedAt: '2026-01-05T11:00:00Z',
    author: { id: 'b' },
    lang: 'en',
  },
  {
    id: '4',
    text: 'acme \u001b[31mred\u001b[0m <script>alert(1)</script> \u202etxt',
    publishedAt: '2026-01-05T13:00:00Z',
  },
]

async function project(lines = LINES.map((line) => JSON.stringify(line)), extra = ''): Promise<string> {
  const folder = await temporaryFolder('cli')
  await writeFile(join(folder, 'posts.ndjson'), `${lines.join('\n')}\n`)
  await writeFile(
    join(folder, 'earshot.yaml'),
    `brands: [{ id: acme, name: Acme, query: acme }]\nconnectors: [{ id: posts, type: file, path: posts.ndjson }]\n${extra}`,
  )
  return folder
}

describe('earshot', () => {
  it('reads a file, scores it, finds it and keeps its books', TIMEOUT, async () => {
    const folder = await project([...LINES.map((line) => JSON.stringify(line)), '{ broken', '{"id":"5"}'])
    const run = await runCli(folder, 'run', '--until-idle', '--json')
    expect(run.code).toBe(0)
    expect(JSON.parse(run.output)).toMatchObject({
      connectors: { posts: { read: 7, unmatched: 1, accepted: 4 } },
      index: { new: 3, replaced: 1 },
      waiting: { enrich: 0, index: 0 },
    })

    const search = await runCli(folder, 'search', 'support OR great', '--json')
    const hits = search.output
      .trim()
      .split('\n')
      .map(
        (line) => JSON.parse(line) as { id: string; matches: unknown[]; annotations: { sentiment: { label: string } } },
      )
    expect(hits.map(({ id }) => id)).toEqual(['file:2', 'file:1'])
    expect(hits[1]).toMatchObject({
      annotations: { brands: ['acme'], sentiment: { label: 'positive' } },
      matches: [{ start: 22, end: 27 }],
    })

    const first = await runCli(folder, 'search', '', '--limit', '2', '--json')
    const { total, next } = JSON.parse(first.errors) as { total: number; next: string }
    expect(total).toBe(3)
    const second = await runCli(folder, 'search', '', '--limit', '2', '--json', '--after', next)
    expect([...first.output.trim().split('\n'), ...second.output.trim().split('\n')]).toHaveLength(3)

    const report = JSON.parse((await runCli(folder, 'report', '--json', '--time-zone', 'Asia/Tokyo')).output) as {
      spans: { label: string; mentions: number }[]
    }
    expect(report.spans.reduce((sum, { mentions }) => sum + mentions, 0)).toBe(3)
    expect(report.spans[0]?.label).toBe('2026-01-05 19:00')

    const letters = (await runCli(folder, 'dead-letters', '--json')).output
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { id: number; stage: string })
    expect(letters).toHaveLength(2)
    const shown = await runCli(folder, 'dead-letters', 'show', String(letters[0]?.id), '--bytes')
    expect(shown.output).toBe('{ broken')

    const status = JSON.parse((await runCli(folder, 'status', '--json')).output)
    expect(status).toMatchObject({
      running: false,
      processes: [{ process: 'local', books: { waiting: { enrich: 0, index: 0 } } }],
    })
  })

  it('shows hostile text harmlessly', TIMEOUT, async () => {
    const folder = await project()
    await runCli(folder, 'run', '--until-idle')
    const { output } = await runCli(folder, 'search', 'script')
    expect(output).toContain('\\u{1b}[31mred')
    expect(output).not.toMatch(/\u001b|\u202e/)
  })

  it('goes on where it stopped, and reads nothing twice', TIMEOUT, async () => {
    const folder = await project()
    await runCli(folder, 'run', '--until-idle')
    const again = await runCli(folder, 'run', '--until-idle', '--json')
    expect(JSON.parse(again.output)).toMatchObject({ accepted: 0, handled: 0 })
  })

  it('lets one process run on a data directory, and others look', TIMEOUT, async () => {
    const folder = await project(undefined, 'alerts: [{ id: mood, brand: acme, on: sentiment-spike }]\n')
    const first = startCli(folder, 'run', '--log-level', 'info')
    while (!first.errors().includes('pipeline started')) await turn()
    const second = await runCli(folder, 'run')
    expect(second.code).toBe(2)
    expect(second.errors).toMatch(/in use by process \d+/)
    const status = await runCli(folder, 'status', '--json')
    expect(JSON.parse(status.output)).toMatchObject({ running: true })
    first.child.kill('SIGINT')
    expect((await first.end).code).toBe(130)
  })

  it('says which port is taken and how to choose another', TIMEOUT, async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const { code, errors } = await runCli(await project(), 'run', '--until-idle', '--health-port', String(port))
    server.close()
    expect(code).toBe(2)
    expect(errors).toMatch(new RegExp(`port ${port} is in use.*--health-port`))
  })

  it('refuses what would show or do nothing', TIMEOUT, async () => {
    const folder = await project()
    await runCli(folder, 'run', '--until-idle')
    const nothing = await runCli(folder, 'report', '--since', '5d', '--until', '6d')
    expect(nothing).toMatchObject({ code: 2, output: '', errors: expect.stringMatching(/--since must be earlier/) })
    const nobody = await runCli(folder, 'run', '--only', ' , ')
    expect(nobody).toMatchObject({ code: 2, output: '', errors: expect.stringMatching(/expected one name or more/) })
  })

  it('points at the place of a query that cannot be read, and of a time', TIMEOUT, async () => {
    const folder = await project()
    await runCli(folder, 'run', '--until-idle')
    const query = await runCli(folder, 'search', 'acme AND (shoes')
    expect(query.code).toBe(2)
    expect(query.errors).toMatch(/\^/)
    const time = await runCli(folder, 'search', 'acme', '--since', 'tomorrow')
    expect(time).toMatchObject({ code: 2, errors: expect.stringMatching(/"tomorrow" is not a time/) })
    const zone = await runCli(folder, 'report', '--time-zone', 'Mars/Base')
    expect(zone).toMatchObject({ code: 2, errors: expect.stringMatching(/no time zone "Mars\/Base"/) })
    const option = await runCli(folder, 'search', '--nonsense')
    expect(option).toMatchObject({ code: 2, errors: expect.stringMatching(/unknown option/) })
    const stage = await runCli(folder, 'run', '--only', 'everything')
    expect(stage).toMatchObject({ code: 2, errors: expect.stringMatching(/unknown stage everything/) })
    const nothing = await runCli(await temporaryFolder('empty'), 'search', 'acme')
    expect(nothing.code).toBe(2)
  })
})
