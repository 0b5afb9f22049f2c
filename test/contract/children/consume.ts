// Commits batch after batch, and prints partition and last offset of each one once it is handled, before it answers. Runs until killed.
import type { EventLog } from '#infra/contracts/event-log.ts'

const [, , module, store, topic, group] = process.argv as string[]
const { open } = (await import(module!)) as { open(store: string): Promise<EventLog> }
const log = await open(store!)
const options = { group: group!, topic: topic!, maxRecords: 3, maxBytes: 1_000_000, idleMs: 1_000 }
const subscription = await log.subscribe(options, async ({ partition, records }) => {
  await new Promise<void>((resolve) =>
    process.stdout.write(`${partition} ${records.at(-1)!.offset}\n`, () => resolve()),
  )
  return 'commit'
})
await subscription.done
