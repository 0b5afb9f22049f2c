import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Environment } from '#infra/config/environment.ts'
import { startProgram } from '../program.ts'
import { demoTalk } from './demo-talk.ts'
import { cpuOf, memoryOf } from './process-usage.ts'

export interface CorpusRun {
  readonly mentions: number
  /** From the first line read to everything searchable. */
  readonly seconds: number
  readonly mentionsPerSecond: number
  /** Memory of the process, sampled; empty where the system does not tell. */
  readonly memory: readonly MemorySample[]
  /** CPU time of the process per mention, microseconds. */
  readonly cpuMicros: number | null
}

export interface MemorySample {
  readonly seconds: number
  readonly bytes: number
}

export interface CorpusOptions {
  readonly folder: string
  /** Of its configuration and data. */
  readonly name: string
  readonly scores: boolean
  /** null: all. */
  readonly stages: string | null
  /** Further parts of the configuration, and the variables that they name. */
  readonly configuration?: Readonly<Record<string, unknown>>
  readonly environment?: Environment
  readonly sampleMs?: number
  /** What the program says of its progress: a share in per cent, and words. */
  readonly onProgress?: (percent: number, text: string) => void
}

/** Words of the demo's brands. */
export const BRANDS = [
  { id: 'kestrel', name: 'Kestrel Coffee', query: 'kestrel' },
  { id: 'nordlys', name: 'Nordlys Audio', query: 'nordlys' },
  { id: 'parcelo', name: 'Parcelo', query: 'parcelo' },
]
const SAMPLE_MS = 250

/** Writes `mentions` lines for the file connector to `corpus.ndjson` in `folder`: the talk of the demo. */
export async function writeCorpus(folder: string, mentions: number): Promise<void> {
  const file = createWriteStream(join(folder, 'corpus.ndjson'))
  for (const { id, mention } of demoTalk(mentions)) {
    const { text, url, publishedAt, author, platform, lang } = mention
    const { id: authorId, handle, followers } = author ?? {}
    const line = {
      ...{ id, text, url, platform, lang: lang.declared },
      publishedAt: new Date(publishedAt).toISOString(),
      author: { id: authorId, handle, followers },
    }
    if (!file.write(`${JSON.stringify(line)}\n`)) await once(file, 'drain')
  }
  file.end()
  await once(file, 'finish')
}

/** Answers the path of a configuration that reads the corpus and keeps all of it. */
export async function writeConfiguration({ folder, name, scores, configuration }: CorpusOptions): Promise<string> {
  const path = join(folder, `${name}.yaml`)
  const connectors = [{ id: 'corpus', type: 'file', path: 'corpus.ndjson', prefilter: false }]
  await writeFile(path, JSON.stringify({ ...configuration, scores, brands: BRANDS, connectors }))
  return path
}

/** Runs the real program on `corpus.ndjson` in `folder` until all of it is searchable. Every mention is kept, matched or not. */
export async function runCorpus(options: CorpusOptions): Promise<CorpusRun> {
  const { folder, name, stages, environment, onProgress } = options
  const config = await writeConfiguration(options)
  const where = ['--config', config, '--data', join(folder, name)]
  const only = stages === null ? [] : ['--only', stages]
  let startedAt: number | null = null
  const { child, output } = startProgram(['run', ...where, '--until-idle', '--json', '--log-level', 'info', ...only], {
    ...(environment && { environment }),
    onError: (text) => {
      if (text.includes('pipeline started')) startedAt ??= performance.now()
      for (const [, percent, words = ''] of text.matchAll(/^(\d+) % {2}(.*)$/gm)) onProgress?.(Number(percent), words)
    },
  })
  const memory: MemorySample[] = []
  let cpuSeconds: number | null = null
  const sampling = setInterval(async () => {
    const bytes = await memoryOf(child.pid as number)
    if (bytes !== null && startedAt !== null) memory.push({ seconds: (performance.now() - startedAt) / 1_000, bytes })
    cpuSeconds = (await cpuOf(child.pid as number)) ?? cpuSeconds
  }, options.sampleMs ?? SAMPLE_MS)
  try {
    const { handled } = JSON.parse(await output) as { readonly handled: number }
    const seconds = (performance.now() - (startedAt ?? Number.NaN)) / 1_000
    const cpuMicros = cpuSeconds === null ? null : (cpuSeconds * 1e6) / handled
    return { mentions: handled, seconds, mentionsPerSecond: handled / seconds, memory, cpuMicros }
  } finally {
    clearInterval(sampling)
  }
}
