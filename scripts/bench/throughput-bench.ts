import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { demoCorpus } from '../demo/demo-corpus.ts'

export interface ThroughputResult {
  readonly mentions: number
  /** From the first line read to everything searchable. */
  readonly seconds: number
  readonly mentionsPerSecond: number
  /** Memory of the process, sampled: after a fifth of the run, and the most. Null where the system does not tell. */
  readonly earlyBytes: number | null
  readonly peakBytes: number | null
  /** CPU time of the process per mention, microseconds. */
  readonly cpuMicros: number | null
}

const CLI = fileURLToPath(new URL('../cli.ts', import.meta.url))
const SAMPLE_MS = 250

/**
 * Writes `mentions` lines for the file connector: the talk of the demo, told anew with other seeds, so that sentences are ones that
 * scorers understand.
 */
export async function writeCorpus(path: string, mentions: number): Promise<void> {
  const file = createWriteStream(path)
  let written = 0
  for (let seed = 1; written < mentions; seed++) {
    for (const { kind, event } of demoCorpus(seed, Date.UTC(2026, 0, 31))) {
      if (kind !== 'mention' || event.mention === null || event.op !== 'create' || written === mentions) continue
      const { text, url, publishedAt, author, platform, lang } = event.mention
      const { id: authorId, handle, followers } = author ?? {}
      const line = {
        ...{ id: `${seed}-${event.id}`, text, url, platform, lang: lang.declared },
        publishedAt: new Date(publishedAt).toISOString(),
        author: { id: authorId, handle, followers },
      }
      written++
      if (!file.write(`${JSON.stringify(line)}\n`)) await once(file, 'drain')
    }
  }
  file.end()
  await once(file, 'finish')
}

/** Runs the real program on `corpus.ndjson` in `folder` until all of it is searchable. Every mention is kept, matched or not. */
export async function benchThroughput(
  folder: string,
  scores: boolean,
  stages: string | null,
): Promise<ThroughputResult> {
  const name = `${scores ? 'scores' : 'bare'}-${stages ?? 'all'}`.replaceAll(',', '-')
  const config = join(folder, `${name}.yaml`)
  await writeFile(
    config,
    `scores: ${scores}
brands:
  - { id: kestrel, name: Kestrel Coffee, query: kestrel }
  - { id: nordlys, name: Nordlys Audio, query: nordlys }
  - { id: parcelo, name: Parcelo, query: parcelo }
connectors:
  - { id: corpus, type: file, path: corpus.ndjson, prefilter: false }
`,
  )
  const only = stages === null ? [] : ['--only', stages]
  const args = [
    CLI,
    'run',
    '--config',
    config,
    '--data',
    join(folder, name),
    '--until-idle',
    '--json',
    '--log-level',
    'info',
    ...only,
  ]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let startedAt = 0
  let output = ''
  child.stdout.on('data', (data: Buffer) => {
    output += data.toString()
  })
  let errors = ''
  child.stderr.on('data', (data: Buffer) => {
    errors = (errors + data.toString()).slice(-2_000)
    if (startedAt === 0 && errors.includes('pipeline started')) startedAt = performance.now()
  })
  const samples: number[] = []
  let cpuTicks: number | null = null
  const sampling = setInterval(async () => {
    const bytes = await memoryOf(child.pid as number)
    if (bytes !== null && startedAt > 0) samples.push(bytes)
    cpuTicks = (await cpuOf(child.pid as number)) ?? cpuTicks
  }, SAMPLE_MS)
  const [code] = (await once(child, 'close')) as [number]
  const seconds = (performance.now() - startedAt) / 1000
  clearInterval(sampling)
  if (code !== 0) throw new Error(`the program ended with exit code ${code}: ${errors}`)
  const { handled } = JSON.parse(output) as { readonly handled: number }
  return {
    mentions: handled,
    seconds,
    mentionsPerSecond: handled / seconds,
    earlyBytes: samples[Math.floor(samples.length / 5)] ?? null,
    peakBytes: samples.length > 0 ? Math.max(...samples) : null,
    cpuMicros: cpuTicks === null ? null : (cpuTicks * 10_000) / handled,
  }
}

/** Resident set size, where there is a /proc. */
async function memoryOf(pid: number): Promise<number | null> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => null)
  const kilobytes = status === null ? undefined : /VmRSS:\s+(\d+) kB/.exec(status)?.[1]
  return kilobytes === undefined ? null : Number(kilobytes) * 1024
}

/** User and system time in clock ticks of 10 ms, where there is a /proc. */
async function cpuOf(pid: number): Promise<number | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null)
  if (stat === null) return null
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return Number(fields[11]) + Number(fields[12])
}
