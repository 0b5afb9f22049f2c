import type { Cursors } from '#infra/contracts/cursors.ts'
import type { Table } from '#infra/contracts/table.ts'
import { systemClock } from '#infra/runtime/system-clock.ts'
import { openSqliteState } from '#infra/sqlite/state.ts'

export async function openCursors(path: string): Promise<Cursors> {
  const state = await openSqliteState({ path, clock: systemClock })
  const { cursors } = state
  return {
    run: (connectors, start, signal) => cursors.run(connectors, start, signal),
    save: (connector, cursor) => cursors.save(connector, cursor),
    list: () => cursors.list(),
    [Symbol.asyncDispose]: () => state[Symbol.asyncDispose](),
  }
}

export async function openTable(path: string): Promise<Table> {
  const state = await openSqliteState({ path, clock: systemClock })
  const table = state.table('contract')
  return {
    get: (key) => table.get(key),
    list: (prefix, options) => table.list(prefix, options),
    put: (key, value, expected) => table.put(key, value, expected),
    delete: (key, expected) => table.delete(key, expected),
    watch: (signal) => table.watch(signal),
    [Symbol.asyncDispose]: () => state[Symbol.asyncDispose](),
  }
}
