import { join } from 'node:path'
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { AlertOutbox } from '#index/alerts/alert-outbox.ts'
import type { AlertRule, AlertTarget } from '#index/alerts/alert-rule.ts'
import { createGuardedDispatcher } from '#infra/runtime/guarded-dispatcher.ts'
import { openSqliteState } from '#infra/sqlite/state.ts'
import type { Alert } from '#schemas/generated.ts'
import { LoopbackServer, respond } from '../../support/loopback-server.ts'
import { SkippingClock } from '../../support/skipping-clock.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const HOUR_MS = 3_600_000
const TERMINAL: AlertTarget = { type: 'terminal' }

const ruleOf = (id: string, ...deliver: AlertTarget[]): AlertRule => ({
  ...{ id, brand: 'acme', on: 'sentiment-spike', sensitivity: 'weekly', deliver },
})

const alertOf = (rule: string, id = `${rule}/1`, version = 1): Alert => ({
  ...{ id, version, state: 'open', rule, brand: 'acme', at: 10, openedAt: 5, severity: 3, summary: 'something' },
  facts: {
    ...{ observedShare: 0.5, expectedShare: 0.2, mentions: 10, windowMs: 1, terms: [], sources: [], authors: 1 },
    samples: [],
  },
})

async function open() {
  const clock = new SkippingClock()
  const state = await openSqliteState({ path: join(await temporaryFolder('outbox'), 'state.db'), clock })
  const dispatcher = createGuardedDispatcher({ allowPrivate: true })
  const shown: string[] = []
  const logged: { code: string }[] = []
  const logger = pino({ base: null }, { write: (line: string) => logged.push(JSON.parse(line)) })
  const table = state.table('t')
  const restart = () =>
    new AlertOutbox({ ...{ table, clock, logger, dispatcher }, onAlert: ({ id }) => void shown.push(id) })
  return {
    ...{ clock, table, shown, logged, restart, outbox: restart(), never: new AbortController().signal },
    [Symbol.asyncDispose]: async () => {
      await dispatcher.destroy()
      await state[Symbol.asyncDispose]()
    },
  }
}

describe('the outbox of alerts', () => {
  it('keeps an alert as it was first described', async () => {
    await using place = await open()
    const described: number[] = []
    const describeAs = (severity: number) => async () => {
      described.push(severity)
      return { ...alertOf('r'), severity }
    }
    expect(await place.outbox.find('r/1', 1)).toBeNull()
    expect(await place.outbox.keep('r/1', 1, describeAs(3))).toMatchObject({ severity: 3 })
    expect(await place.restart().keep('r/1', 1, describeAs(9))).toMatchObject({ severity: 3 })
    expect(described).toEqual([3])
    expect(await place.outbox.keep('r/1', 2, describeAs(5))).toMatchObject({ severity: 5 })
  })

  it('gives every target its message, once, whoever enqueues it again', async () => {
    await using place = await open()
    const rule = ruleOf('r', TERMINAL, TERMINAL)
    await place.outbox.enqueue(rule, alertOf('r'))
    await place.restart().enqueue(rule, alertOf('r'))
    await place.outbox.deliver([rule], place.never)
    expect(place.shown).toEqual(['r/1', 'r/1'])
    await place.restart().enqueue(rule, alertOf('r'))
    await place.restart().deliver([rule], place.never)
    expect(place.shown).toHaveLength(2)
    await place.outbox.enqueue(rule, alertOf('r', 'r/1', 2))
    await place.outbox.deliver([rule], place.never)
    expect(place.shown).toHaveLength(4)
  })

  it('drops what its rule or target no longer wants', async () => {
    await using place = await open()
    await place.outbox.enqueue(ruleOf('gone', TERMINAL), alertOf('gone'))
    await place.outbox.enqueue(ruleOf('r', TERMINAL, TERMINAL), alertOf('r'))
    await place.outbox.deliver([ruleOf('r', TERMINAL)], place.never)
    expect(place.shown).toEqual(['r/1'])
    expect(await place.table.list('outbox/due/')).toEqual([])
  })

  it('delivers everything, however much waits for a target that does not answer', async () => {
    await using server = await LoopbackServer.start((_request, response) => respond(response, 503))
    await using place = await open()
    const down = ruleOf('a-down', { type: 'webhook', url: server.url, secret: null })
    const up = ruleOf('b-up', TERMINAL)
    for (let i = 0; i < 250; i++) await place.outbox.enqueue(down, alertOf('a-down', `a-down/${i}`))
    await place.outbox.enqueue(up, alertOf('b-up'))
    await place.outbox.deliver([down, up], place.never)
    expect(server.requests).toHaveLength(250)
    expect(place.shown).toEqual(['b-up/1'])
    await place.outbox.enqueue(up, alertOf('b-up', 'b-up/2'))
    await place.outbox.deliver([down, up], place.never)
    expect(server.requests).toHaveLength(250)
    expect(place.shown).toEqual(['b-up/1', 'b-up/2'])
  })

  it('tries again later and later, and gives up at last, loudly', async () => {
    await using server = await LoopbackServer.start((_request, response) => respond(response, 503))
    await using place = await open()
    const rule = ruleOf('r', { type: 'webhook', url: server.url, secret: null })
    await place.outbox.enqueue(rule, alertOf('r'))
    const attempts: number[] = []
    for (let hour = 0; hour < 60; hour++) {
      await place.restart().deliver([rule], place.never)
      attempts.push(server.requests.length)
      await place.clock.sleep(HOUR_MS)
    }
    expect(server.requests).toHaveLength(9)
    expect(attempts.indexOf(9)).toBeGreaterThan(28)
    expect(place.logged.at(-1)).toMatchObject({ level: 50, code: 'WEBHOOK_BUSY' })
    expect(await place.table.list('outbox/due/')).toEqual([])
    await place.outbox.enqueue(rule, alertOf('r'))
    await place.outbox.deliver([rule], place.never)
    expect(server.requests).toHaveLength(9)
  })

  it('waits as long as the other side asks', async () => {
    await using server = await LoopbackServer.start((_request, response) =>
      respond(response, 429, { 'retry-after': '7200' }),
    )
    await using place = await open()
    const rule = ruleOf('r', { type: 'webhook', url: server.url, secret: null })
    await place.outbox.enqueue(rule, alertOf('r'))
    await place.outbox.deliver([rule], place.never)
    await place.clock.sleep(HOUR_MS)
    await place.outbox.deliver([rule], place.never)
    expect(server.requests).toHaveLength(1)
    await place.clock.sleep(HOUR_MS)
    await place.outbox.deliver([rule], place.never)
    expect(server.requests).toHaveLength(2)
  })

  it('counts no attempt that was cut off because it was told to stop', async () => {
    const told = new AbortController()
    await using server = await LoopbackServer.start(() => told.abort())
    await using place = await open()
    const rule = ruleOf('r', { type: 'webhook', url: server.url, secret: null })
    await place.outbox.enqueue(rule, alertOf('r'))
    await place.outbox.deliver([rule], told.signal)
    expect(await place.table.list('outbox/due/')).toMatchObject([{ value: { attempts: 0 } }])
    expect(place.logged).toEqual([])
  })
})
