import type { Admin, Kafka } from 'kafkajs'
import type { Clock } from '#infra/contracts/clock.ts'
import { RETRY } from './kafka-client.ts'

/** What is asked of the brokers beside reading and writing. */
export type Administration = Pick<
  Admin,
  | 'createTopics'
  | 'deleteTopicRecords'
  | 'disconnect'
  | 'fetchOffsets'
  | 'fetchTopicMetadata'
  | 'fetchTopicOffsets'
  | 'fetchTopicOffsetsByTimestamp'
  | 'listTopics'
>

/** A partition or a group has a new leader, or one that is still starting: it is found by asking again. */
const MOVED = new Set([
  'NOT_LEADER_FOR_PARTITION',
  'LEADER_NOT_AVAILABLE',
  'FENCED_LEADER_EPOCH',
  'UNKNOWN_LEADER_EPOCH',
  'GROUP_LOAD_IN_PROGRESS',
  'GROUP_COORDINATOR_NOT_AVAILABLE',
  'NOT_COORDINATOR_FOR_GROUP',
])
const MOVED_WITHIN_MS = 10_000
const LOOK_EVERY_MS = 200

/**
 * The admin client of kafkajs, one call at a time: side by side, calls for two topics throw away the metadata that the other one has
 * just loaded, and fail on its absence with a TypeError.
 */
export async function openAdministration(kafka: Kafka, clock: Clock): Promise<Administration> {
  const admin = kafka.admin({ retry: RETRY })
  await admin.connect()
  let last: Promise<unknown> = Promise.resolve()
  const inTurn =
    <Args extends unknown[], Answer>(call: (...args: Args) => Promise<Answer>) =>
    (...args: Args): Promise<Answer> => {
      const answer = last.then(() => call(...args))
      last = answer.catch(() => {})
      return answer
    }
  /** kafkajs asks the leader that it knows, and takes its refusal for final. */
  const patient = <Args extends unknown[], Answer>(call: (...args: Args) => Promise<Answer>) =>
    inTurn(async (...args: Args): Promise<Answer> => {
      for (const deadline = clock.now() + MOVED_WITHIN_MS; ; await clock.sleep(LOOK_EVERY_MS)) {
        try {
          return await call(...args)
        } catch (error) {
          if (!MOVED.has((error as { type?: string }).type ?? '') || clock.now() > deadline) throw error
        }
      }
    })
  return {
    createTopics: inTurn(admin.createTopics),
    deleteTopicRecords: patient(async (records) => {
      await admin.fetchTopicOffsets(records.topic) // which loads the leaders that it takes for known
      await admin.deleteTopicRecords(records)
    }),
    disconnect: admin.disconnect,
    fetchOffsets: patient(admin.fetchOffsets),
    fetchTopicMetadata: inTurn(admin.fetchTopicMetadata),
    fetchTopicOffsets: patient(admin.fetchTopicOffsets),
    fetchTopicOffsetsByTimestamp: patient(admin.fetchTopicOffsetsByTimestamp),
    listTopics: inTurn(admin.listTopics),
  }
}
