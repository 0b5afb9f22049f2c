import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openFileObjectStore } from '#infra/filesystem/file-object-store.ts'
import { openForReading } from '#scripts/compose.ts'
import { Random } from '#scripts/random.ts'
import { archivedLineViolations, indexViolations } from './count-obligations.ts'
import { type Obligations, operationsCorpus } from './operations-corpus.ts'

export interface KillOptions {
  readonly mentions: number
  readonly kills: number
  readonly seed: number
  readonly onKill?: (kill: number, afterMs: number) => void
}

export interface KillReport {
  readonly kills: number
  /** Corpora that were brought to their end. */
  readonly rounds: number
  readonly standing: number
  readonly gone: number
  /** Each is a promise broken, in words. */
  readonly violations: readonly string[]
}

const CLI = fileURLToPath(new URL('../../scripts/cli.ts', import.meta.url))
const CONFIGURATION = `brands:
  - { id: acme, name: Acme, query: acme }
connectors:
  - { id: import, type: file, path: corpus.ndjson }
`

/**
 * Runs the real program on a file of mentions with edits and deletions, kills it (SIGKILL) at random moments, starts it again,
 * and at the end counts: every mention once in its last state, none invented, none resurrected, archived bytes equal to what
 * was read. New corpora are begun until there were enough kills.
 */
export async function killAndCount({ mentions, kills, seed, onKill }: KillOptions): Promise<KillReport> {
  const random = new Random(seed)
  const violations: string[] = []
  let killed = 0
  let rounds = 0
  let standing = 0
  let gone = 0
  while (killed < kills) {
    const folder = await mkdtemp(join(tmpdir(), 'earshot-kill-'))
    try {
      const { text, obligations } = operationsCorpus(seed + rounds, mentions)
      await writeFile(join(folder, 'corpus.ndjson'), text)
      await writeFile(join(folder, 'earshot.yaml'), CONFIGURATION)
      for (;;) {
        const end = await runOnce(folder, killed < kills ? random : null)
        if (end.code === 0) break
        if (end.code !== null) throw new Error(`the program failed with exit code ${end.code}: ${end.errors}`)
        killed++
        onKill?.(killed, end.afterMs)
      }
      rounds++
      violations.push(...(await count(folder, obligations)))
      standing += obligations.standing.size
      gone += obligations.gone.size
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }
  return { kills: killed, rounds, standing, gone, violations }
}

/** Exit code null: killed. The clock of the kill starts when the program says that it reads, so that kills fall into work. */
async function runOnce(
  folder: string,
  random: Random | null,
): Promise<{ code: number | null; afterMs: number; errors: string }> {
  const child = spawn(process.execPath, [CLI, 'run', '--until-idle', '--log-level', 'info'], { cwd: folder })
  let errors = ''
  const afterMs = 20 + (random?.below(1_500) ?? 0)
  let timer: NodeJS.Timeout | null = null
  child.stderr.on('data', (data: Buffer) => {
    errors = (errors + data.toString()).slice(-4_000)
    if (random !== null && errors.includes('pipeline started'))
      timer ??= setTimeout(() => child.kill('SIGKILL'), afterMs)
  })
  child.stdout.resume()
  const code = await new Promise<number | null>((resolve) => child.on('close', (status) => resolve(status)))
  if (timer !== null) clearTimeout(timer)
  return { code, afterMs, errors }
}

async function count(folder: string, obligations: Obligations): Promise<string[]> {
  const data = join(folder, '.earshot')
  await using installation = await openForReading(data)
  await using objects = await openFileObjectStore(join(data, 'objects'))
  return [
    ...(await indexViolations(installation.index, obligations)),
    ...(await archivedLineViolations(objects, 'earshot/earshot.mentions.raw.v1/', obligations)),
  ]
}
