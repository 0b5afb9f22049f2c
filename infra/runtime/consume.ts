import type { Ack, EventLog, RecordBatch, SubscribeOptions } from '../contracts/event-log.ts'

/**
 * Hands a group's batches to `onBatch` until the signal aborts; resolves when the last one has been answered. Rejects when the
 * log or a handler failed, also while it was stopping. Afterwards the group may subscribe again.
 */
export async function consume(
  log: Pick<EventLog, 'subscribe'>,
  options: SubscribeOptions,
  onBatch: (batch: RecordBatch) => Promise<Ack>,
  signal: AbortSignal,
): Promise<void> {
  if (signal.aborted) return
  const subscription = await log.subscribe(options, onBatch)
  const { promise: aborted, resolve } = Promise.withResolvers<void>()
  const onAbort = () => resolve()
  signal.addEventListener('abort', onAbort)
  if (signal.aborted) onAbort()
  try {
    await Promise.race([subscription.done, aborted])
  } finally {
    signal.removeEventListener('abort', onAbort)
    await subscription[Symbol.asyncDispose]()
  }
  await subscription.done
}
