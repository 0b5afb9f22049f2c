import type { estypes } from '@elastic/elasticsearch'
import type { Clock } from '#infra/contracts/clock.ts'
import { checkClocks } from '#infra/runtime/check-clocks.ts'
import { connect, type ElasticsearchConnection } from './connect.ts'
import { indexNames } from './names.ts'
import { asked } from './server-error.ts'

export interface ElasticsearchPlace {
  readonly connection: ElasticsearchConnection
  readonly namespace: string
  readonly clock: Clock
}

/**
 * Refuses a cluster whose clock differs from ours by more than five seconds, and one where the index is missing, with a config
 * error; a transient one when nobody answers.
 */
export async function checkElasticsearchClock({ connection, namespace, clock }: ElasticsearchPlace): Promise<void> {
  const client = connect(connection)
  await using closing = new AsyncDisposableStack()
  closing.defer(() => client.close())
  const sentAt = clock.now()
  // No header tells the time, and the statistics that do need a right of their own. What "now" means is told to whoever may search.
  const { aggregations } = await asked(
    'comparing clocks',
    client.search({
      index: indexNames(namespace).shown,
      size: 0,
      track_total_hits: false,
      aggs: { now: { date_range: { field: 'publishedAt', ranges: [{ from: 'now' }] } } },
    }),
  )
  const receivedAt = clock.now()
  const now = aggregations?.now as estypes.AggregationsDateRangeAggregate
  const [bucket] = now.buckets as readonly estypes.AggregationsRangeBucket[]
  checkClocks('Elasticsearch', { theirs: bucket!.from!, stepMs: 1, sentAt, receivedAt })
}
