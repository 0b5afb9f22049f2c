import { describe, it } from 'vitest'
import { fixedClock, helpers, type InIndex, type SearchIndexUnderTest } from './search-index-fixture.ts'
import { describeReading } from './search-index-reading.ts'
import { describeStates } from './search-index-states.ts'
import { describeWriting } from './search-index-writing.ts'

/** The promises of `SearchIndex`, for any engine. `fresh` makes an empty store. */
export function describeSearchIndexContract(name: string, fresh: () => Promise<SearchIndexUnderTest>): void {
  const inIndex: InIndex = (promise, test, timeoutMs) =>
    it(
      promise,
      async () => {
        const under = await fresh()
        const index = await under.open(fixedClock(0))
        await using closing = new AsyncDisposableStack()
        closing.use(index)
        await index.prepare()
        await test({ under, index, ...helpers(index) })
      },
      timeoutMs,
    )
  describe(`SearchIndex on ${name}`, () => {
    describeWriting(inIndex)
    describeStates(inIndex)
    describeReading(inIndex)
  })
}
