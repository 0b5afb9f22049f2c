import { describe, expect, it } from 'vitest'
import type { Clock } from '#infra/contracts/clock.ts'
import { checkElasticsearchClock } from '#infra/elasticsearch/check-clock.ts'
import { systemClock } from '#infra/runtime/system-clock.ts'
import { open } from '../../contract/openers/elasticsearch-search-index.ts'
import { connectionAt } from '../../support/elasticsearch-at.ts'
import { freshNamespace } from '../../support/fresh-namespace.ts'
import { withServer } from '../../support/real-server.ts'

withServer('elasticsearch', (address) => {
  const connection = connectionAt(address)

  /** Before and after the request ours is off by so much. */
  function clockOff(beforeMs: number, afterMs: number): Clock {
    const off = [beforeMs, afterMs]
    return { ...systemClock, now: () => systemClock.now() + off.shift()! }
  }

  describe('the clock of a cluster', () => {
    it('may differ from ours by five seconds, whenever in a slow request it was read', async () => {
      const namespace = freshNamespace(connection)
      await using index = await open(`${address} ${namespace}`)
      await index.prepare()
      const check = (beforeMs: number, afterMs: number) =>
        checkElasticsearchClock({ connection, namespace, clock: clockOff(beforeMs, afterMs) })
      const differ = (how: string) => ({
        ...{ class: 'config', code: 'CLOCKS_DIFFER', message: expect.stringContaining(how) },
      })
      await check(0, 0)
      await check(-60_000, 60_000)
      await expect(check(-60_000, -60_000)).rejects.toMatchObject(differ('s ahead of'))
      await expect(check(60_000, 60_000)).rejects.toMatchObject(differ('s behind'))
    })

    it('cannot be asked before there is an index', async () => {
      const asked = checkElasticsearchClock({ connection, namespace: freshNamespace(connection), clock: systemClock })
      await expect(asked).rejects.toMatchObject({ class: 'config', code: 'INDEX_MISSING' })
    })
  })
})
