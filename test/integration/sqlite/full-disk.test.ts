import { execFileSync, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../../support/temporary-folder.ts'

/** A small disk that is gone with the process: a tmpfs in a mount namespace, which Linux lets everybody make where it is not forbidden. */
const onSmallDisk = (folder: string, command: readonly string[]): [string, string[]] => {
  const script = 'mount -t tmpfs -o size=64m tmpfs "$0" && exec "$@"'
  return ['unshare', ['--map-root-user', '--mount', 'sh', '-c', script, folder, ...command]]
}

const possible = spawnSync(...onSmallDisk('/mnt', ['true'])).status === 0
if (!possible)
  console.warn('SKIPPED full-disk.test.ts: `unshare --map-root-user --mount` is not possible on this machine')

describe.skipIf(!possible)('a full disk', () => {
  it('is a transient error that names the remedy; nothing acknowledged is lost, and work goes on when there is room', async () => {
    const child = fileURLToPath(new URL('./children/fill-disk.ts', import.meta.url))
    const folder = await temporaryFolder('full-disk')
    const command = onSmallDisk(folder, [process.execPath, child, folder])
    const result = JSON.parse(execFileSync(...command, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }))
    for (const { code, class: errorClass, message } of [result.logFull, result.objectsFull, result.stateFull]) {
      expect([code, errorClass]).toEqual(['DISK_FULL', 'transient'])
      expect(message).toMatch(/free some/)
    }
    const { count } = result.logFull
    expect(count).toBeGreaterThan(10)
    expect(result.between).toBe(count)
    expect(result.position).toEqual({ partition: 0, offset: count })
    expect(result.seen).toEqual(Array.from({ length: count + 1 }, (_, i) => String(i)))
    expect(result.cursor).toBe(result.stateFull.count)
    expect(result.objects).toBe(result.objectsFull.count + 1)
  })
})
