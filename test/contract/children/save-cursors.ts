// Saves growing cursors of two connectors and prints each that has resolved. Runs until killed.
import type { Cursors } from '#infra/contracts/cursors.ts'

const [, , module, store, ...connectors] = process.argv as string[]
const { openCursors } = (await import(module!)) as { openCursors(store: string): Promise<Cursors> }
const cursors = await openCursors(store!)

const saveForever = async (connector: string): Promise<void> => {
  for (let n = 1; ; n++) {
    await cursors.save(connector, { value: String(n), observedAt: n })
    process.stdout.write(`${connector} ${n}\n`)
  }
}
await cursors.run(connectors, saveForever, new AbortController().signal)
