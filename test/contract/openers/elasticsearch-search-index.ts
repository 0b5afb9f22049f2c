import type { Clock } from '#infra/contracts/clock.ts'
import type { SearchIndex } from '#infra/contracts/search-index.ts'
import { openElasticsearchSearchIndex } from '#infra/elasticsearch/search-index.ts'
import { systemClock } from '#infra/runtime/system-clock.ts'
import { connectionAt } from '../../support/elasticsearch-at.ts'

/** `store` is the server's address, a blank and the namespace; where they follow, the number of primary shards. */
export async function open(store: string, clock: Clock = systemClock): Promise<SearchIndex> {
  const [address, namespace, primaries = '1'] = store.split(' ')
  const layout = { primaries: Number(primaries), replicas: 0 }
  return openElasticsearchSearchIndex({ connection: connectionAt(address!), namespace: namespace!, clock, layout })
}
