// Takes a batch, and answers `commit` when it gets SIGUSR2. Says what it was told then. Runs until killed.
import { once } from 'node:events'
import type { EventLog } from '#infra/contracts/event-log.ts'

const [, , module, store, topic, group] = process.argv as string[]
const { open } = (await import(module!)) as { open(store: string): Promise<EventLog> }
const log = await open(store!)
const options = { group: group!, topic: topic!, maxRecords: 3, maxBytes: 1_000_000, idleMs: 1_000 }
const woken = once(process, 'SIGUSR2')
const onRevoke = (partition: number) => process.stdout.write(`revoked ${partition}\n`)
await log.subscribe({ ...options, onRevoke }, async ({ records }) => {
  process.stdout.write(`took ${records.length}\n`)
  await woken
  process.stdout.write('answers\n')
  return 'commit'
})
