import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'

const TOPIC_INVALID = new Set([
  'INVALID_TOPIC_EXCEPTION',
  'INVALID_REPLICATION_FACTOR',
  'INVALID_PARTITIONS',
  'INVALID_CONFIG',
  'POLICY_VIOLATION',
])

interface KafkaJsError extends Error {
  /** Kafka's own name of a refusal. */
  readonly type?: string
  readonly code?: string
}

/**
 * An error of kafkajs with its handling; anything else is a bug and comes back as it is. `doing` says what was tried, as in
 * `writing to mentions.raw.v1`.
 */
export function kafkaError(error: unknown, doing: string): unknown {
  if (error instanceof PipelineError || !(error instanceof Error)) return error
  const chain = causes(error)
  if (!chain.some(({ name }) => name.startsWith('KafkaJS'))) return error
  const type = chain.find((cause) => cause.type !== undefined)?.type ?? ''
  const reason = `${doing}: ${chain.at(-1)?.message}`
  const details = { cause: error }
  const config = (code: string, remedy: string) =>
    new PipelineError(ErrorClass.Config, code, `${reason}; ${remedy}`, details)
  if (chain.some(({ name }) => name === 'KafkaJSSASLAuthenticationError'))
    return config('KAFKA_LOGIN_REFUSED', 'check kafka.sasl (mechanism, username, password)')
  if (type.endsWith('_AUTHORIZATION_FAILED'))
    return config('KAFKA_NOT_PERMITTED', 'give this user the right on the broker (topics and groups of the namespace)')
  if (chain.some(({ code }) => code !== undefined && /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS/.test(code)))
    return config(
      'KAFKA_TLS_REFUSED',
      "check kafka.tls: the broker's certificate must be signed by a trusted authority",
    )
  if (chain.some(({ name }) => name === 'KafkaJSNotImplemented'))
    return config('KAFKA_NOT_SUPPORTED', 'let the other program write without compression, or with gzip or zstd')
  if (type === 'UNKNOWN_TOPIC_OR_PARTITION') return config('TOPIC_UNKNOWN', '`earshot setup` makes missing topics')
  if (TOPIC_INVALID.has(type))
    return config(
      'TOPIC_INVALID',
      'check the namespace, the partitions and the replication factor, and what the brokers allow',
    )
  if (type === 'INVALID_TIMESTAMP')
    return config(
      'CLOCKS_DIFFER',
      'set the clocks of this machine and of the brokers right (NTP), or let message.timestamp.before.max.ms and after.max.ms of the topic be larger',
    )
  if (type === 'INVALID_RECORD')
    return config('TOPIC_INVALID', 'cleanup.policy of this topic must be delete: compaction would take records away')
  if (type === 'INCONSISTENT_GROUP_PROTOCOL')
    return config(
      'KAFKA_GROUP_FOREIGN',
      'another program uses a group of this name: give this installation a namespace of its own',
    )
  if (type === 'INVALID_SESSION_TIMEOUT')
    return config(
      'KAFKA_NOT_SUPPORTED',
      'group.min.session.timeout.ms and group.max.session.timeout.ms of the brokers must allow 10000',
    )
  if (type === 'UNSUPPORTED_VERSION' || chain.some(({ name }) => name === 'KafkaJSServerDoesNotSupportApiKey'))
    return config('KAFKA_NOT_SUPPORTED', 'Earshot is tested with Apache Kafka 4')
  if (type === 'MESSAGE_TOO_LARGE' || type === 'RECORD_LIST_TOO_LARGE') {
    const remedy = 'raise max.message.bytes of the topic, or lower kafka.maxMessageBytes'
    return new PipelineError(ErrorClass.Permanent, 'RECORD_TOO_LARGE', `${reason}; ${remedy}`, details)
  }
  if (type.startsWith('NOT_ENOUGH_REPLICAS')) {
    const replicas = 'too few brokers hold a copy for min.insync.replicas: start those that are down'
    return new PipelineError(ErrorClass.Transient, 'KAFKA_UNAVAILABLE', `${reason}; ${replicas}`, details)
  }
  if (chain.some(({ name }) => name === 'KafkaJSGroupCoordinatorNotFound')) {
    // kafkajs keeps to itself what the brokers have answered.
    const rights = 'check that this user may read and describe the groups of the namespace, and that the brokers run'
    return new PipelineError(ErrorClass.Transient, 'KAFKA_UNAVAILABLE', `${reason}; ${rights}`, details)
  }
  const remedy = chain.some(({ message }) => /closed connection|before secure TLS/i.test(message))
    ? 'the broker hangs up on those who speak otherwise than it expects: check kafka.tls and kafka.sasl, and the port'
    : 'check that the brokers run and can be reached under the addresses that they advertise'
  return new PipelineError(ErrorClass.Transient, 'KAFKA_UNAVAILABLE', `${reason}; ${remedy}`, details)
}

function causes(error: Error): KafkaJsError[] {
  const chain: KafkaJsError[] = []
  for (let cause: unknown = error; cause instanceof Error && chain.length < 10; cause = cause.cause) chain.push(cause)
  return chain
}

/** Runs one operation on the servers; it rejects as `kafkaError` says. */
export async function onKafka<T>(doing: string, operation: () => Promise<T>): Promise<T> {
  try {
    return await operation()
  } catch (error) {
    throw kafkaError(error, doing)
  }
}

export const logClosed = (): PipelineError =>
  new PipelineError(ErrorClass.Transient, 'LOG_CLOSED', 'the log was closed; start again with `earshot run`')
