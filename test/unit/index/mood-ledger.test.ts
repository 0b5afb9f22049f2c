import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type LedgerEntry, MoodLedger } from '#index/alerts/mood-ledger.ts'
import { newMoodState } from '#index/alerts/negative-share-detector.ts'
import { openSqliteState } from '#infra/sqlite/state.ts'
import { SkippingClock } from '../../support/skipping-clock.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

async function open() {
  const path = join(await temporaryFolder('ledger'), 'state.db')
  const state = await openSqliteState({ path, clock: new SkippingClock() })
  // Two of them, as after a restart: nothing is remembered but what is written.
  const [ledger, restarted] = [new MoodLedger(state.table('t')), new MoodLedger(state.table('t'))]
  return { ledger, restarted, [Symbol.asyncDispose]: () => state[Symbol.asyncDispose]() }
}

const entry = (from: number, negative: number): LedgerEntry => ({
  ...{ from, until: from + 600_000, buckets: [{ start: from, mentions: 10, negative }] },
})

describe('the ledger of moods', () => {
  it('keeps what an entry said first, whatever is said later', async () => {
    await using place = await open()
    expect(await place.ledger.entry('r', 300_000)).toBeNull()
    expect(await place.ledger.close('r', entry(300_000, 4))).toEqual(entry(300_000, 4))
    expect(await place.restarted.close('r', entry(300_000, 9))).toEqual(entry(300_000, 4))
    expect(await place.restarted.entry('r', 300_000)).toEqual(entry(300_000, 4))
  })

  it('keeps rules and beginnings apart', async () => {
    await using place = await open()
    await place.ledger.close('r', entry(0, 1))
    await place.ledger.close('r', entry(600_000, 2))
    await place.ledger.close('r/snapshot', entry(0, 3))
    expect(await place.ledger.entry('r', 0)).toEqual(entry(0, 1))
    expect(await place.ledger.entry('r', 600_000)).toEqual(entry(600_000, 2))
    expect(await place.ledger.entry('other', 0)).toBeNull()
  })

  it('begins a rule once; a snapshot replaces the one before', async () => {
    await using place = await open()
    expect(await place.ledger.snapshot('r')).toBeNull()
    await place.ledger.begin('r', 77)
    await place.restarted.begin('r', 99)
    const begun = { next: null, state: newMoodState(), liveFrom: 77 }
    expect(await place.restarted.snapshot('r')).toEqual(begun)
    await place.ledger.save('r', { ...begun, next: 1_000 })
    await place.restarted.save('r', { ...begun, next: 2_000 })
    expect(await place.ledger.snapshot('r')).toEqual({ ...begun, next: 2_000 })
  })
})
