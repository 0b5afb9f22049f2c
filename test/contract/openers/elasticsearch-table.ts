import type { Table } from '#infra/contracts/table.ts'
import { openElasticsearchTable } from '#infra/elasticsearch/table.ts'
import { systemClock } from '#infra/runtime/system-clock.ts'
import { connectionAt } from '../../support/elasticsearch-at.ts'

/** `store` is the server's address, a blank and the namespace. */
export async function openTable(store: string): Promise<Table> {
  const [address, namespace] = store.split(' ')
  const connection = connectionAt(address!)
  return openElasticsearchTable({
    connection,
    namespace: namespace!,
    name: 'contract',
    clock: systemClock,
    replicas: 0,
  })
}
