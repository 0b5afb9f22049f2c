// Runs connectors that count from their cursor on, and prints what they do: a line for each start, number, cursor saved, and stop.
// Runs until killed.
import type { Cursors } from '#infra/contracts/cursors.ts'
import { systemClock } from '#infra/runtime/system-clock.ts'

const [, , module, store, ...connectors] = process.argv as string[]
const { openCursors } = (await import(module!)) as { openCursors(store: string): Promise<Cursors> }
const cursors = await openCursors(store!)
const say = (...words: readonly unknown[]) =>
  new Promise<void>((resolve) => process.stdout.write(`${words.join(' ')}\n`, () => resolve()))

await cursors.run(
  connectors,
  async (connector, cursor, signal) => {
    let n = Number(cursor?.value ?? 0)
    await say('start', connector, n)
    while (!signal.aborted) {
      await say('did', connector, ++n) // durable elsewhere, then saved
      await cursors.save(connector, { value: String(n), observedAt: n })
      await say('saved', connector, n)
      await systemClock.sleep(20, signal).catch(() => {})
    }
    await say('stop', connector, n)
  },
  new AbortController().signal,
)
