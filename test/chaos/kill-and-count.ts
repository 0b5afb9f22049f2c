import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openFileObjectStore } from '#infra/filesystem/file-object-store.ts'
import { readSegment } from '#infra/runtime/archive-segment.ts'
import type { MentionEvent } from '#schemas/generated.ts'
import { openForReading } from '#scripts/compose.ts'
import { Random } from '#scripts/random.ts'
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

async function count(folder: string, { standing, gone, lines }: Obligations): Promise<string[]> {
  const violations: string[] = []
  const data = join(folder, '.earshot')
  const found = new Map<string, string>()
  const sha = (text: string) => createHash('sha256').update(text).digest('hex')
  {
    await using installation = await openForReading(data)
    const everything = { query: null, range: { since: null, until: null }, brands: [] }
    for (let after: string | null = null; ; ) {
      const page = await installation.index.search({ ...everything, sort: 'oldest', limit: 1_000, after })
      if (after === null && page.total !== standing.size)
        violations.push(`${page.total} mentions stand, ${standing.size} should`)
      for (const { id, content } of page.hits) {
        if (found.has(id)) violations.push(`${id} stands twice`)
        found.set(id, content.mention.text ?? '')
        const last = lines.get(id)?.at(-1)
        if (content.raw?.sha256 !== sha(last ?? ''))
          violations.push(`${id} was made from other bytes than its last line`)
      }
      if (page.next === null) break
      after = page.next
    }
    for (const id of gone)
      if ((await installation.index.get(id)) !== null) violations.push(`${id} was deleted and stands`)
  }
  for (const [id, text] of standing) {
    if (found.get(id) !== text) violations.push(`${id} is ${found.has(id) ? 'not in its last state' : 'lost'}`)
  }
  for (const id of found.keys())
    if (!standing.has(id)) violations.push(`${id} ${gone.has(id) ? 'came back' : 'was invented'}`)

  const archived = new Map<string, Set<string>>()
  await using objects = await openFileObjectStore(join(data, 'objects'))
  for await (const { key } of objects.list('earshot/earshot.mentions.raw.v1/')) {
    if (!key.endsWith('.avro')) continue
    for (const { event } of await readSegment(key, (await objects.get(key)) as Uint8Array)) {
      const { id, payload } = event as MentionEvent
      if (payload?.bytes) archived.set(id, (archived.get(id) ?? new Set()).add(Buffer.from(payload.bytes).toString()))
    }
  }
  for (const [id, written] of lines) {
    for (const line of written)
      if (!archived.get(id)?.has(line)) violations.push(`a line of ${id} is not in the archive byte for byte`)
  }
  return violations
}
