import { join } from 'node:path'
import { pino } from 'pino'
import { Webhook } from 'standardwebhooks'
import { describe, expect, it } from 'vitest'
import type { AlertRule, AlertTarget } from '#index/alerts/alert-rule.ts'
import { Alerting } from '#index/alerts/alerting.ts'
import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'
import type { IndexOperation } from '#infra/contracts/search-index.ts'
import { createGuardedDispatcher } from '#infra/runtime/guarded-dispatcher.ts'
import { openSqliteEventLog } from '#infra/sqlite/event-log.ts'
import { openSqliteSearchIndex } from '#infra/sqlite/search-index.ts'
import { openSqliteState } from '#infra/sqlite/state.ts'
import { encode } from '#schemas/codec.ts'
import type { Alert, Sentiment } from '#schemas/generated.ts'
import { Random } from '#scripts/random.ts'
import { created } from '#test/support/enriched-event.ts'
import { LoopbackServer, respond } from '#test/support/loopback-server.ts'
import { SkippingClock } from '#test/support/skipping-clock.ts'
import { temporaryFolder } from '#test/support/temporary-folder.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const START = Date.UTC(2026, 0, 5)
const END = START + 12 * DAY_MS
const CRISIS = START + 9 * DAY_MS
const SECRET = `whsec_${Buffer.from('a secret of thirty-two bytes ....').toString('base64')}`

const sentiment = (negative: boolean): Sentiment => ({
  ...{
    label: negative ? 'negative' : 'neutral',
    negative: negative ? 0.9 : 0.1,
    neutral: negative ? 0.1 : 0.8,
    positive: negative ? 0 : 0.1,
  },
  ...{ uncertain: false, explain: { margin: 1, bias: 0, rest: 1, parts: [] }, model: 'test/1' },
})

/** Twelve days of a brand, twenty mentions an hour, with ten bad hours that are about a leak. The lateness of its source is a minute. */
function talk(seenAfterMs = 0): IndexOperation[] {
  const random = new Random(3)
  const operations: IndexOperation[] = []
  for (let time = START, i = 0; time < END; time += random.exponential(HOUR_MS / 20), i++) {
    const crisis = time >= CRISIS && time < CRISIS + 10 * HOUR_MS
    const publishedAt = Math.round(time)
    const event = created(`test:${i}`, {
      ...{
        text: crisis ? 'they have leaked it' : 'a usual thing',
        publishedAt,
        observedAt: publishedAt + seenAfterMs,
        author: `a${i % 90}`,
        brands: ['acme'],
      },
      sentiment: sentiment(random.chance(crisis ? 0.7 : 0.2)),
    })
    operations.push({ kind: 'mention', bytes: encode('EnrichedEvent', event) })
  }
  return operations
}

const ruleTo = (...deliver: AlertTarget[]): AlertRule => ({
  id: 'mood',
  brand: 'acme',
  on: 'sentiment-spike',
  sensitivity: 'weekly',
  deliver,
})

async function openPlace() {
  const folder = await temporaryFolder('alerting')
  const clock = new SkippingClock(END)
  const log = await openSqliteEventLog({ path: join(folder, 'log.db'), clock })
  await log.createTopics([{ name: 'alerts', partitions: 1 }])
  const state = await openSqliteState({ path: join(folder, 'state.db'), clock })
  const index = await openSqliteSearchIndex({ path: join(folder, 'index.db'), clock })
  await index.prepare()
  let through: number | null = null
  const shown: Alert[] = []
  const open = (rule: AlertRule, latenessMs = 0) =>
    new Alerting({
      ...{
        rules: [rule],
        index,
        table: state.table('t'),
        log,
        topic: 'alerts',
        latenessMs,
        clock,
        through: async () => through,
      },
      ...{ logger: pino({ level: 'silent' }), dispatcher: createGuardedDispatcher({ allowPrivate: true }) },
      onAlert: (alert) => shown.push(alert),
    })
  return {
    ...{ clock, index, log, open, shown, table: state.table('t') },
    /** Begins the rules, then goes on to `until` in steps, each by the given alerting. */
    reach: async (alerting: Alerting, until: number) => {
      through = until
      await alerting.settle(new AbortController().signal)
    },
    [Symbol.asyncDispose]: async () => {
      await index[Symbol.asyncDispose]()
      await log[Symbol.asyncDispose]()
      await state[Symbol.asyncDispose]()
    },
  }
}

/** `run` until its first pause: the rules have begun. */
async function begin(alerting: Alerting): Promise<void> {
  const ended = new AbortController()
  const running = alerting.run(ended.signal)
  ended.abort()
  await running
}

describe('alerting', () => {
  it('opens and resolves a crisis once, says what happened, and does not repeat it after restarts', async () => {
    await using place = await openPlace()
    await begin(place.open(ruleTo({ type: 'terminal' })))
    await place.index.write(talk())
    // A new process every six hours: what it knows is what is written down.
    for (let until = START; until <= END; until += 6 * HOUR_MS)
      await place.reach(place.open(ruleTo({ type: 'terminal' })), until)
    expect(place.shown.map(({ state }) => state)).toEqual(['open', 'resolved'])
    const [open, resolved] = place.shown as [Alert, Alert]
    expect(open.openedAt).toBeGreaterThan(CRISIS)
    expect(open.openedAt).toBeLessThan(CRISIS + 2 * HOUR_MS)
    expect(open.facts.expectedShare).toBeCloseTo(0.26, 1)
    expect(open.facts.observedShare).toBeGreaterThan(0.4)
    expect(open.facts.terms).toContain('leaked')
    expect(open.facts.samples).toHaveLength(5)
    expect(open.summary).toMatch(
      /^acme: \d+ of \d+ mentions within \d+ min are negative \(\d+ %\), usual is \d+ %; words: .*leaked/,
    )
    expect(resolved.id).toBe(open.id)
    const published = await place.log.read('alerts', 0, 0, 10)
    expect(published.map(({ key }) => key)).toEqual([open.id, open.id])
  })

  it('comes to the same alerts whatever the steps, and although mentions are deleted afterwards', async () => {
    const idsOf = async (stepMs: number, forget: boolean) => {
      await using place = await openPlace()
      await begin(place.open(ruleTo({ type: 'terminal' })))
      const operations = talk()
      await place.index.write(operations)
      const alerting = place.open(ruleTo({ type: 'terminal' }))
      for (let until = START; until <= END; until += stepMs) {
        await place.reach(alerting, until)
        if (forget) await place.index.prune(0, until - stepMs)
      }
      return place.shown.map(({ id, version }) => `${id} ${version}`)
    }
    const once = await idsOf(END - START, false)
    expect(once).toHaveLength(2)
    expect(await idsOf(5 * HOUR_MS, false)).toEqual(once)
    expect(await idsOf(DAY_MS, true)).toEqual(once)
  })

  it('raises nothing about mentions that came later than their source usually is', async () => {
    for (const [seenAfterMs, alerts] of [
      [60_000, 2],
      [60_001, 0],
    ] as const) {
      await using place = await openPlace()
      const alerting = place.open(ruleTo({ type: 'terminal' }))
      await begin(alerting)
      await place.index.write(talk(seenAfterMs))
      await place.reach(alerting, END)
      expect(place.shown).toHaveLength(alerts)
    }
  })

  it('waits for the last mentions as long as the sources are late', async () => {
    await using place = await openPlace()
    const alerting = place.open(ruleTo({ type: 'terminal' }), 10 * HOUR_MS)
    await begin(alerting)
    await place.index.write(talk())
    await place.reach(alerting, CRISIS + 10 * HOUR_MS)
    expect(place.shown).toEqual([])
    await place.reach(alerting, CRISIS + 15 * HOUR_MS)
    expect(place.shown.map(({ state }) => state)).toEqual(['open'])
  })

  it('raises nothing about what was there before the rule', async () => {
    await using place = await openPlace()
    await place.index.write(talk())
    const alerting = place.open(ruleTo({ type: 'terminal' }))
    await begin(alerting)
    await place.reach(alerting, END)
    expect(place.shown).toEqual([])
  })

  it('signs what it sends, sends it again after a failure under the same id, and then no more', async () => {
    await using server = await LoopbackServer.start((_request, response) => respond(response, 503))
    const bodies: string[] = []
    const ids: string[] = []
    server.answer = (request, response) => {
      let body = ''
      request.on('data', (chunk: Buffer) => {
        body += chunk.toString()
      })
      request.on('end', () => {
        const headers = request.headers as Record<string, string>
        new Webhook(SECRET).verify(body, {
          ...headers,
          'webhook-timestamp': String(Math.floor(Date.now() / 1000)),
          'webhook-signature': resigned(body, headers),
        })
        ids.push(headers['webhook-id'] as string)
        bodies.push(body)
        respond(response, ids.length < 3 ? 503 : 204)
      })
    }
    /** The clock of the test is not that of the library, which refuses old messages: the signature is checked, then made anew. */
    function resigned(body: string, headers: Record<string, string>): string {
      const id = headers['webhook-id'] as string
      const sent = new Date(Number(headers['webhook-timestamp']) * 1000)
      expect(headers['webhook-signature']).toBe(new Webhook(SECRET).sign(id, sent, body))
      return new Webhook(SECRET).sign(id, new Date(Math.floor(Date.now() / 1000) * 1000), body)
    }
    await using place = await openPlace()
    const rule = ruleTo({ type: 'webhook', url: `${server.url}/hook`, secret: SECRET })
    const alerting = place.open(rule)
    await begin(alerting)
    await place.index.write(talk())
    await place.reach(alerting, CRISIS + 2 * HOUR_MS)
    expect(ids).toHaveLength(1)
    for (let attempt = 0; attempt < 4; attempt++) {
      await place.clock.sleep(DAY_MS)
      await place.reach(place.open(rule), CRISIS + 2 * HOUR_MS)
    }
    expect(ids).toHaveLength(3)
    expect(new Set(ids).size).toBe(1)
    expect(JSON.parse(bodies[0] as string)).toMatchObject({
      type: 'alert.open',
      data: { rule: 'mood', brand: 'acme', state: 'open' },
    })
  })

  it('gives up on a refusal, and never reaches a private network by itself', async () => {
    await using server = await LoopbackServer.start((_request, response) => respond(response, 410))
    await using place = await openPlace()
    const rule = ruleTo({ type: 'webhook', url: server.url, secret: null })
    const alerting = place.open(rule)
    await begin(alerting)
    await place.index.write(talk())
    await place.reach(alerting, CRISIS + 2 * HOUR_MS)
    await place.clock.sleep(DAY_MS)
    await place.reach(alerting, CRISIS + 2 * HOUR_MS)
    expect(server.requests).toHaveLength(1)

    const { sendWebhook } = await import('#index/alerts/send-webhook.ts')
    const guarded = {
      clock: place.clock,
      dispatcher: createGuardedDispatcher({ allowPrivate: false }),
      signal: new AbortController().signal,
    }
    const alert = (await place.table.list('alert/')).at(0)?.value as Alert
    const sending = sendWebhook({ type: 'webhook', url: server.url, secret: null }, 'id', alert, guarded)
    await expect(sending).rejects.toSatisfy(
      (error) => error instanceof PipelineError && error.class === ErrorClass.Config,
    )
    expect(server.requests).toHaveLength(1)
  })
})
