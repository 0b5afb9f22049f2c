import type { ITopicConfig, KafkaJSAggregateError } from 'kafkajs'
import type { Clock } from '#infra/contracts/clock.ts'
import type { Administration } from './administration.ts'

const KNOWN_WITHIN_MS = 30_000
const LOOK_EVERY_MS = 100

/** Makes a topic, and resolves when it can be used: true when it was this call that made it. */
export async function createTopic(admin: Administration, topic: ITopicConfig, clock: Clock): Promise<boolean> {
  // kafkajs, asked to wait, gives up when a broker has not heard yet of the topic that the controller has made.
  const created = await admin.createTopics({ topics: [topic], waitForLeaders: false }).catch((error: Error) => {
    // What says why is inside, one for each topic.
    throw error.name === 'KafkaJSAggregateError' ? ((error as KafkaJSAggregateError).errors[0] ?? error) : error
  })
  for (const deadline = clock.now() + KNOWN_WITHIN_MS; ; await clock.sleep(LOOK_EVERY_MS)) {
    try {
      await admin.fetchTopicMetadata({ topics: [topic.topic] })
      return created
    } catch (error) {
      const { type } = error as { readonly type?: string }
      if (type !== 'UNKNOWN_TOPIC_OR_PARTITION' || clock.now() > deadline) throw error
    }
  }
}
