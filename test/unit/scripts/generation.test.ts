import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Table } from '#infra/contracts/table.ts'
import { openSqliteState } from '#infra/sqlite/state.ts'
import { activateGeneration, type Makers, requireGeneration } from '#scripts/generation.ts'
import { profileOf } from '../../support/brand-profile.ts'
import { SkippingClock } from '../../support/skipping-clock.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const clock = new SkippingClock()
const made = { version: '1.0.0', models: ['sentiment/1'], brands: [profileOf({ id: 'acme', name: 'Acme' })] }

async function openTable() {
  const state = await openSqliteState({ path: join(await temporaryFolder('generation'), 'state.db'), clock })
  return { table: state.table('t'), [Symbol.asyncDispose]: () => state[Symbol.asyncDispose]() }
}

describe('a generation', () => {
  it('is counted from 1 and stays while nothing changes', async () => {
    await using place = await openTable()
    expect(await activateGeneration(place.table, made, clock)).toBe(1)
    expect(await activateGeneration(place.table, structuredClone(made), clock)).toBe(1)
  })

  it('is a new one for other code, models or profiles, and for an older state that comes back', async () => {
    await using place = await openTable()
    const numbers: number[] = []
    for (const state of [
      made,
      { ...made, version: '1.0.1' },
      { ...made, models: ['sentiment/2'] },
      { ...made, models: [] },
      { ...made, brands: [profileOf({ id: 'acme', name: 'Acme', query: 'acme NOT jobs' })] },
      { ...made, brands: [] },
      made,
    ]) {
      numbers.push(await activateGeneration(place.table, state, clock))
    }
    expect(numbers).toEqual([1, 2, 3, 4, 5, 6, 7])
  })

  it('is given out once: who comes second at the same moment takes the next number, or the same for the same makers', async () => {
    await using place = await openTable()
    const { table } = place
    const between = (meanwhile: Makers): Table => {
      let first = true
      return {
        get: async (key: string) => {
          const row = await table.get(key)
          if (first) {
            first = false
            await activateGeneration(table, meanwhile, clock)
          }
          return row
        },
        put: table.put.bind(table),
      } as Partial<Table> as Table
    }
    expect(await activateGeneration(between({ ...made, version: 'quick' }), made, clock)).toBe(2)
    const other = { ...made, version: 'other' }
    expect(await activateGeneration(between(other), other, clock)).toBe(3)
  })

  it('must be the active one where several processes share an installation', async () => {
    await using place = await openTable()
    await expect(requireGeneration(place.table, made)).rejects.toMatchObject({
      class: 'config',
      code: 'GENERATION_INACTIVE',
    })
    await activateGeneration(place.table, made, clock)
    expect(await requireGeneration(place.table, made)).toBe(1)
    const other = { ...made, version: 'other' }
    await expect(requireGeneration(place.table, other)).rejects.toThrow('generation 1 is active')
    expect(await requireGeneration(place.table, made)).toBe(1)
  })
})
