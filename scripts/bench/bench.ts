/** `npm run bench -- [throughput] [memory] [search] [--mentions N]`: the figures of docs/performance.md on this machine. */
import { mkdtemp, rm } from 'node:fs/promises'
import { cpus, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { benchSearch } from './search-bench.ts'
import { benchThroughput, type ThroughputResult, writeCorpus } from './throughput-bench.ts'

const RUNS = 3
const WITHOUT_ARCHIVE = 'ingest,enrich,index'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { mentions: { type: 'string' }, runs: { type: 'string', default: String(RUNS) } },
})
const chosen = new Set(positionals.length > 0 ? positionals : ['throughput', 'memory', 'search'])
const size = (usual: number): number => Number(values.mentions ?? usual)
const folder = await mkdtemp(join(tmpdir(), 'earshot-bench-'))
const dataName = (scores: string, stages: string | null): string =>
  `${scores}-${(stages ?? 'all').replaceAll(',', '-')}`
const whole = (n: number): string => Math.round(n).toLocaleString('en-US')
const megabytes = (bytes: number | null): string => (bytes === null ? 'unknown' : `${whole(bytes / 1e6)} MB`)

console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}, ${whole(totalmem() / 2 ** 30)} GiB`)
try {
  if (chosen.has('throughput')) await throughput(size(100_000), Number(values.runs))
  if (chosen.has('memory')) await memory(size(500_000))
  if (chosen.has('search')) {
    console.log(`\nsearch, ${whole(size(1_000_000))} mentions`)
    for (const line of await benchSearch({ mentions: size(1_000_000), dir: join(folder, 'search') }))
      console.log(`  ${line}`)
  }
} finally {
  await rm(folder, { recursive: true, force: true })
}

async function throughput(mentions: number, runs: number): Promise<void> {
  await writeCorpus(join(folder, 'corpus.ndjson'), mentions)
  console.log(`\nfile to searchable, ${whole(mentions)} mentions, ${runs} runs: median (least–most)`)
  for (const [title, scores, stages] of [
    ['all scores', true, WITHOUT_ARCHIVE],
    ['all scores, archive and alerts', true, null],
    ['scores off', false, WITHOUT_ARCHIVE],
  ] as const) {
    const results: ThroughputResult[] = []
    for (let run = 0; run < runs; run++) {
      results.push(await benchThroughput(folder, scores, stages))
      for (const name of ['scores', 'bare'])
        await rm(join(folder, dataName(name, stages)), { recursive: true, force: true })
    }
    const rates = results.map((result) => result.mentionsPerSecond).sort((a, b) => a - b)
    const cpu = results.map((result) => result.cpuMicros ?? 0).sort((a, b) => a - b)
    const middle = <T>(sorted: readonly T[]) => sorted[sorted.length >> 1] as T
    console.log(
      `  ${title.padEnd(32)} ${whole(middle(rates))}/s (${whole(rates[0] as number)}–${whole(rates.at(-1) as number)}), ${whole(middle(cpu))} µs of CPU each`,
    )
  }
}

async function memory(mentions: number): Promise<void> {
  await writeCorpus(join(folder, 'corpus.ndjson'), mentions)
  const { earlyBytes, peakBytes, mentionsPerSecond } = await benchThroughput(folder, true, null)
  console.log(
    `\nmemory over ${whole(mentions)} mentions: ${megabytes(earlyBytes)} after a fifth, at most ${megabytes(peakBytes)} (${whole(mentionsPerSecond)}/s)`,
  )
}
