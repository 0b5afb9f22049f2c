/** Runs one hop over a filled topic and prints what it cost; started by the bench, with a `HopJob` on stdin. */

import { text } from 'node:stream/consumers'
import { EnrichStage } from '#enrich/enrich-stage.ts'
import { IndexStage } from '#index/search/index-stage.ts'
import type { Stage } from '#infra/contracts/stage.ts'
import { connect } from '#infra/elasticsearch/connect.ts'
import { indexNames } from '#infra/elasticsearch/names.ts'
import { openElasticsearchSearchIndex } from '#infra/elasticsearch/search-index.ts'
import { openKafkaEventLog } from '#infra/kafka/event-log.ts'
import { createKafkaClients } from '#infra/kafka/kafka-client.ts'
import { createLogger } from '#infra/runtime/logger.ts'
import { createMetrics } from '#infra/runtime/metrics.ts'
import { runStage } from '#infra/runtime/stage-runner.ts'
import { systemClock } from '#infra/runtime/system-clock.ts'
import { demoBrands } from '../../demo/demo-brands.ts'
import { connectionOf, kafkaOptions } from '../../open-distributed.ts'
import { BATCH, ENRICH_DEADLINE_MS, ENRICH_WORKERS } from '../../pipeline.ts'
import { bareBulk, bareCopy } from './bare-hops.ts'
import type { HopJob } from './hop-job.ts'
import { HopMeter } from './hop-meter.ts'

const job = JSON.parse(await text(process.stdin)) as HopJob
const { servers, namespace, partitions } = job
const logger = createLogger('warn', (line) => process.stderr.write(line))
const connection = await connectionOf(servers.elasticsearch)
const { kafka } = createKafkaClients(await kafkaOptions({ servers, namespace, logger }, null))
const names = indexNames(namespace)
const meter = new HopMeter(job.mentions)

switch (job.kind) {
  case 'enrich': {
    const { scores, input } = job
    const options = { workers: ENRICH_WORKERS, deadlineMs: ENRICH_DEADLINE_MS, generation: 1, brands: demoBrands }
    await using stage = new EnrichStage({ ...options, scores, topic: input })
    await runAlone(stage, job.output)
    break
  }
  case 'index':
  case 'bulk': {
    const layout = { primaries: 1, replicas: 0 }
    await using index = openElasticsearchSearchIndex({ connection, namespace, clock: systemClock, layout })
    await index.prepare()
    if (job.kind === 'bulk') await bareBulk(job, kafka, connect(connection), names.shown, meter)
    else await runAlone(new IndexStage({ index, progress: { record: () => {} }, onMention: () => {} }), null)
    break
  }
  case 'copy':
    await bareCopy(job, kafka, meter)
    break
  default:
    job satisfies never
}
process.stdout.write(JSON.stringify(meter.result))

const client = connect(connection)
await client.indices.delete({ index: [names.mentions, names.authors], ignore_unavailable: true })
await client.indices.deleteIndexTemplate({ name: names.template }, { ignore: [404] })
await client.close()

async function runAlone(stage: Stage, output: string | null): Promise<void> {
  await using log = await openKafkaEventLog(await kafkaOptions({ servers, namespace, logger }, null))
  if (output !== null) await log.createTopics([{ name: output, partitions }])
  const done = new AbortController()
  const wiring = {
    ...{ stage, log, input: job.input, output, dead: `${namespace}.dead`, ...BATCH },
    ...{ clock: systemClock, logger, metrics: createMetrics() },
    onDone: (outcomes: readonly unknown[]) => {
      if (meter.add(outcomes.length)) done.abort()
    },
  }
  await runStage(wiring, done.signal)
}
