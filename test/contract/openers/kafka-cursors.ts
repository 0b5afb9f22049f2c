import type { Cursors } from '#infra/contracts/cursors.ts'
import { openKafkaCursors } from '#infra/kafka/cursors.ts'
import { kafkaAt } from '../../support/kafka-at.ts'

/** `<brokers>/<namespace>` */
export function openCursors(store: string): Promise<Cursors> {
  const [address, namespace] = store.split('/') as [string, string]
  return openKafkaCursors({ ...kafkaAt(address), namespace, topic: `${namespace}.cursors.v1`, partitions: 3 })
}
