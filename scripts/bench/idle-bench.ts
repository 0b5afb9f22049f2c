import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { systemClock } from '#infra/runtime/system-clock.ts'
import { startProgram } from '../program.ts'
import { freshPlace, type ServerPlace } from '../servers/server-place.ts'
import type { Bench } from './bench-run.ts'
import { figure } from './figures.ts'
import { cpuOf, memoryOf } from './process-usage.ts'
import { BRANDS, writeCorpus } from './run-corpus.ts'

const PARTITIONS = 6
const MENTIONS = 2_000
/** What a start leaves to be done is done by then. */
const SETTLE_MS = 10_000
/** Of a source that is still there: a process whose sources have all ended ends as well. */
const FEED = '<rss version="2.0"><channel><title>quiet</title><link>http://127.0.0.1</link></channel></rss>'
const STAGES = ['ingest', 'enrich', 'index', 'alerts', 'archive'] as const

/** CPU and memory of processes that have nothing to do: each stage alone and all together on servers, and embedded. */
export async function benchIdle({ folder, say, seconds, servers }: Bench): Promise<unknown> {
  const place = freshPlace(await servers(), 'idle', PARTITIONS)
  const lasts = seconds(30)
  await writeCorpus(folder, MENTIONS)
  const server = createServer((_, response) =>
    response.writeHead(200, { 'content-type': 'application/rss+xml' }).end(FEED),
  )
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const feedUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/feed.xml`
  say(`\nidle, ${lasts} s each, after ${MENTIONS.toLocaleString('en-US')} mentions`)
  const measured: Record<string, { readonly cpuShare: number | null; readonly bytes: number | null }> = {}
  const note = async (name: string, on: ServerPlace | null, only: readonly string[]) => {
    const idle = await measureIdle({ folder, feedUrl }, on, only, lasts)
    measured[name] = idle
    const cpu = idle.cpuShare === null ? 'unknown' : `${figure(idle.cpuShare * 100)} % of a core`
    const memory = idle.bytes === null ? 'unknown' : `${Math.round(idle.bytes / 1e6)} MB`
    say(`  ${name.padEnd(34)} ${cpu.padStart(18)} ${memory.padStart(10)}`)
  }
  await note('distributed, all stages', place, STAGES)
  for (const stage of STAGES) await note(`distributed, ${stage} alone`, place, [stage])
  await note('embedded, all stages', null, STAGES)
  server.close()
  server.closeAllConnections()
  return measured
}

async function measureIdle(
  { folder, feedUrl }: { readonly folder: string; readonly feedUrl: string },
  place: ServerPlace | null,
  only: readonly string[],
  lasts: number,
) {
  const config = join(folder, 'idle.yaml')
  const feed = { id: 'feed', type: 'feed', urls: [feedUrl], every: '5m' }
  const connectors = [{ id: 'corpus', type: 'file', path: 'corpus.ndjson', prefilter: false }, feed]
  const alerts = BRANDS.map(({ id }) => ({ id: `mood-${id}`, brand: id, on: 'sentiment-spike' }))
  await writeFile(
    config,
    JSON.stringify({ ...place?.configuration, brands: BRANDS, connectors, alerts, network: { allowPrivate: true } }),
  )
  const where = ['--config', config, '--data', join(folder, 'idle')]
  const environment = place?.environment ?? {}
  await startProgram(['setup', ...where], { environment }).output
  // What the stages would find to do is done before.
  await startProgram(['run', ...where, '--until-idle', '--json'], { environment }).output
  const { child, output } = startProgram(['run', ...where, '--only', only.join(',')], { environment })
  try {
    const pid = child.pid as number
    await Promise.race([systemClock.sleep(SETTLE_MS), output])
    const before = await cpuOf(pid)
    await Promise.race([systemClock.sleep(lasts * 1_000), output])
    const after = await cpuOf(pid)
    const cpuShare = before === null || after === null ? null : (after - before) / lasts
    return { cpuShare, bytes: await memoryOf(pid) }
  } finally {
    child.kill('SIGTERM')
    await output.catch(() => {}) // its exit code says that it was interrupted
  }
}
