// Adds one to a row, again and again, and prints the sum whenever its put was accepted. Runs until killed.
import type { Table } from '#infra/contracts/table.ts'

const [, , module, store, key] = process.argv as string[]
const { openTable } = (await import(module!)) as { openTable(store: string): Promise<Table> }
const table = await openTable(store!)
for (;;) {
  const row = await table.get(key!)
  const sum = (row === null ? 0 : Number(row.value)) + 1
  if ((await table.put(key!, sum, row?.version ?? null)) !== null) process.stdout.write(`${sum}\n`)
}
