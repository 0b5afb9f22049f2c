// The index stage's write path beside the bare bulk rate: the same documents, sent as they are by the same client.
// node bin/with-node.js scripts/bench/elasticsearch-bench.ts http://127.0.0.1:9200 [mentions]
import { randomBytes } from 'node:crypto'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import type { IndexOperation } from '#infra/contracts/search-index.ts'
import { connect } from '#infra/elasticsearch/connect.ts'
import { printDocument } from '#infra/elasticsearch/mention-document.ts'
import { indexNames } from '#infra/elasticsearch/names.ts'
import { openElasticsearchSearchIndex } from '#infra/elasticsearch/search-index.ts'
import { systemClock } from '#infra/runtime/system-clock.ts'
import { encode } from '#schemas/codec.ts'
import { stateOf } from '#schemas/merge.ts'
import { lifelikeEvent } from './lifelike-events.ts'

const { positionals } = parseArgs({ allowPositionals: true })
const [address, count = '100000'] = positionals
if (address === undefined) throw new Error('give the address of an Elasticsearch server')
const MENTIONS = Number(count)
const CALL = 4_000
const BULK = 1_000
const ROUNDS = 3

const connection = { nodes: [address] }
const layout = { primaries: 1, replicas: 0 }
const namespace = `bench-${randomBytes(4).toString('hex')}`
const names = indexNames(namespace)
const client = connect(connection)

const events = Array.from({ length: MENTIONS }, (_, i) => lifelikeEvent(1, i, MENTIONS))
const records = events.map((event): IndexOperation => ({ kind: 'mention', bytes: encode('EnrichedEvent', event) }))
const documents = events.map((event, i) => {
  const stored = { state: stateOf(event), record: records[i]!.bytes, unheldSince: null }
  return { action: `{"create":{"_id":${JSON.stringify(event.id)}}}`, source: printDocument(stored, true) }
})
const bytes = documents.reduce((sum, { source }) => sum + source.length, 0) / MENTIONS
process.stdout.write(`${MENTIONS} mentions, documents of ${Math.round(bytes)} bytes, ${cpus().length} cores\n`)

async function fresh(): Promise<AsyncDisposable & { write(operations: readonly IndexOperation[]): Promise<unknown> }> {
  await client.indices.delete({ index: [names.mentions, names.authors], ignore_unavailable: true })
  const index = openElasticsearchSearchIndex({ connection, namespace, clock: systemClock, layout })
  await index.prepare()
  return index
}

async function bare(): Promise<void> {
  let next = 0
  const lane = async (): Promise<void> => {
    while (next < documents.length) {
      const part = documents.slice(next, next + BULK)
      next += part.length
      const operations = part.flatMap(({ action, source }) => [action, source])
      const { errors } = await client.bulk<string, string>({ index: names.shown, require_alias: true, operations })
      if (errors) throw new Error('the bare bulk was refused')
    }
  }
  await Promise.all([lane(), lane()])
}

async function measured(name: string, work: () => Promise<void>): Promise<number> {
  const [cpu, start] = [process.cpuUsage(), performance.now()]
  await work()
  const seconds = (performance.now() - start) / 1_000
  const used = process.cpuUsage(cpu)
  const rate = MENTIONS / seconds
  const micros = (used.user + used.system) / MENTIONS
  process.stdout.write(`${name.padEnd(8)} ${Math.round(rate)} mentions/s, our CPU ${micros.toFixed(1)} us each\n`)
  return rate
}

const ratios: number[] = []
for (let round = 0; round < ROUNDS; round++) {
  const first = await fresh()
  const bareRate = await measured('bare', bare)
  await first[Symbol.asyncDispose]()
  await using index = await fresh()
  const writeAll = async (): Promise<void> => {
    for (let from = 0; from < MENTIONS; from += CALL) await index.write(records.slice(from, from + CALL))
  }
  const rate = await measured('write', writeAll)
  await measured('repeat', writeAll)
  ratios.push(rate / bareRate)
}
process.stdout.write(`write / bare: ${ratios.map((ratio) => ratio.toFixed(2)).join(' ')}\n`)
await client.indices.delete({ index: [names.mentions, names.authors] })
await client.indices.deleteIndexTemplate({ name: names.template })
await client.close()
