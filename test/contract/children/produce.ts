// Produces numbered records, several calls at a time, and prints each number once its call has resolved. Runs until killed.
import type { EventLog } from '#infra/contracts/event-log.ts'

const [, , module, store, topic] = process.argv as string[]
const { open } = (await import(module!)) as { open(store: string): Promise<EventLog> }
const log = await open(store!)
const value = (n: number) => new TextEncoder().encode(`${n} ${'x'.repeat(n % 700)}`)

let next = 0
async function produceForever(key: string): Promise<void> {
  for (;;) {
    const numbers = Array.from({ length: 7 }, () => next++)
    await log.produce(
      topic!,
      numbers.map((n) => ({ key, value: value(n), headers: { n: String(n) } })),
    )
    process.stdout.write(`${numbers.map((n) => `${n} ${key}`).join('\n')}\n`)
  }
}
await Promise.all(['a', 'b', 'c'].map(produceForever))
