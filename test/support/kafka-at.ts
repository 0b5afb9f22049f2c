import type { KafkaOptions } from '#infra/kafka/kafka-options.ts'
import { createLogger } from '#infra/runtime/logger.ts'
import { systemClock } from '#infra/runtime/system-clock.ts'

/** How the brokers at `host:port,host:port` are reached. */
export function kafkaAt(address: string): KafkaOptions {
  const logger = createLogger('error', (line) => process.stderr.write(line))
  return { brokers: address.split(','), clock: systemClock, logger }
}
