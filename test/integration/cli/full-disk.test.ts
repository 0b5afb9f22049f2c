import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { BooksSnapshot } from '#infra/runtime/books.ts'
import { cliCommand, type RunningCli, startCommand } from '#test/support/run-cli.ts'
import { hasSmallDisk, onSmallDisk } from '#test/support/small-disk.ts'
import { temporaryFolder } from '#test/support/temporary-folder.ts'

const TIMEOUT = { timeout: 90_000 }
const POSTS = 2_000
const LOOK_EVERY_MS = 20

/** The program on a disk of 64 MB, of which `ballastBytes` are taken before it starts. */
async function startOnSmallDisk(minFreeBytes: string, ballastBytes: number): Promise<RunningCli & { ballast: string }> {
  const folder = await temporaryFolder('cli-full-disk')
  const disk = join(folder, 'disk')
  await mkdir(disk)
  const post = (i: number) => JSON.stringify({ id: `p${i}`, text: `acme ${i} ${'word '.repeat(300)}` })
  await writeFile(join(folder, 'posts.ndjson'), Array.from({ length: POSTS }, (_, i) => post(i)).join('\n'))
  await writeFile(
    join(folder, 'earshot.yaml'),
    `brands: [{ id: acme, name: Acme, query: acme }]
connectors: [{ id: posts, type: file, path: posts.ndjson }]
scores: false
storage: { minFreeBytes: ${minFreeBytes} }
`,
  )
  const ballast = join(disk, 'ballast')
  const script = 'head -c "$1" /dev/zero > "$0" && shift && exec "$@"'
  const command = ['sh', '-c', script, ballast, String(ballastBytes)]
  const program = cliCommand('run', '--until-idle', '--json', '--data', join(disk, 'data'))
  const [unshare, args] = onSmallDisk(disk, [...command, ...program])
  const running = startCommand(folder, [unshare, ...args])
  // The disk is seen by the program alone, and through its folder under /proc.
  return { ...running, ballast: `/proc/${running.child.pid}/root${ballast}` }
}

/** Waits until it has said this, or has ended. */
async function said({ errors, child }: RunningCli, wanted: string): Promise<void> {
  while (!errors().includes(wanted) && child.exitCode === null) await wait(LOOK_EVERY_MS)
  expect(errors()).toContain(wanted)
}

const possible = hasSmallDisk()
if (!possible)
  console.warn('SKIPPED full-disk.test.ts: `unshare --map-root-user --mount` is not possible on this machine')

describe.skipIf(!possible)('a full disk', () => {
  it('is told with its remedy, and when there is room again everything is there', TIMEOUT, async () => {
    const running = await startOnSmallDisk('0B', 52_000_000)
    await said(running, 'no space left')
    expect(running.errors()).toMatch(/free some on this disk; a running pipeline then goes on by itself/)
    await rm(running.ballast)
    const { code, output, errors } = await running.end
    expect(errors).not.toContain('a bug in Earshot')
    expect(code).toBe(0)
    const books = JSON.parse(output) as BooksSnapshot & { accepted: number }
    expect(books).toMatchObject({ index: { new: POSTS }, waiting: { enrich: 0, index: 0 } })
    // A connector that could not publish reads again from its cursor, a stage that could not commit is given a batch again: repeats
    // are counted, and change nothing.
    expect(books.accepted - POSTS + books.carried.enrich + books.carried.index).toBe(books.index.stale)
  })

  it('is not waited for: connectors pause before, say why, and still can be interrupted', TIMEOUT, async () => {
    const running = await startOnSmallDisk('1GB', 1)
    await said(running, 'the disk is nearly full')
    expect(running.errors()).toMatch(/connectors pause until there is room \(storage\.minFreeBytes\)/)
    running.child.kill('SIGINT')
    const { code, errors } = await running.end
    expect([code, errors.includes('a bug in Earshot')]).toEqual([130, false])
  })
})
