import type { EventLog } from '#infra/contracts/event-log.ts'
import { openKafkaEventLog } from '#infra/kafka/event-log.ts'
import { kafkaAt } from '../../support/kafka-at.ts'

/** `<brokers>/<namespace>` */
export function open(store: string): Promise<EventLog> {
  const [address, namespace] = store.split('/') as [string, string]
  return openKafkaEventLog({ ...kafkaAt(address), namespace })
}
