import type { Logger } from 'pino'
import type { Dispatcher } from 'undici'
import type { Clock } from '#infra/contracts/clock.ts'
import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'
import type { Row, Table } from '#infra/contracts/table.ts'
import type { Alert } from '#schemas/generated.ts'
import type { AlertRule, AlertTarget } from './alert-rule.ts'
import { sendWebhook } from './send-webhook.ts'

/** Pauses after each failed attempt; then the message is given up. Standard Webhooks proposes such a schedule. */
const SCHEDULE_MS = [5_000, 60_000, 300_000, 1_800_000, 7_200_000, 18_000_000, 36_000_000, 50_400_000] as const
const DUE = 'outbox/due/'
const DONE = 'outbox/done/'
const KEPT = 'alert/'
const PAGE = 200

interface Message {
  readonly alert: Alert
  /** Place of the target in the rule. */
  readonly target: number
  readonly attempts: number
  readonly dueAt: number
}

export interface OutboxOptions {
  readonly table: Table
  readonly clock: Clock
  readonly logger: Logger
  readonly dispatcher: Dispatcher
  readonly onAlert: (alert: Alert) => void
}

/**
 * Alerts on their way, at least once: written before they are sent, marked when the other side has taken them. The id of a message
 * is alert, version and target, so that a receiver can tell a repeat after a crash between the two.
 */
export class AlertOutbox {
  readonly #options: OutboxOptions

  constructor(options: OutboxOptions) {
    this.#options = options
  }

  /** The alert kept under this id and version; made by `describe` when there is none. */
  async keep(id: string, version: number, describe: () => Promise<Alert>): Promise<Alert> {
    const found = await this.find(id, version)
    if (found !== null) return found
    const alert = await describe()
    const stored = await this.#options.table.put(`${KEPT}${id}/${version}`, alert, null)
    return stored === null ? ((await this.find(id, version)) as Alert) : alert
  }

  async find(id: string, version: number): Promise<Alert | null> {
    return ((await this.#options.table.get(`${KEPT}${id}/${version}`))?.value as Alert | undefined) ?? null
  }

  /** A message for each target of the rule; those that were sent or wait already stay as they are. */
  async enqueue(rule: AlertRule, alert: Alert): Promise<void> {
    const { table, clock } = this.#options
    for (const target of rule.deliver.keys()) {
      const name = messageName(alert, target)
      if ((await table.get(DONE + name)) !== null) continue
      await table.put(DUE + name, { alert, target, attempts: 0, dueAt: clock.now() } satisfies Message, null)
    }
  }

  /** Sends what is due. A failure is written down with its next time and never stops the others. */
  async deliver(rules: readonly AlertRule[], signal: AbortSignal): Promise<void> {
    const { table, clock } = this.#options
    let page = await table.list(DUE, { limit: PAGE })
    while (page.length > 0) {
      for (const row of page) {
        if (signal.aborted) return
        const message = row.value as Message
        if (message.dueAt > clock.now()) continue
        const target = rules.find(({ id }) => id === message.alert.rule)?.deliver[message.target]
        if (target === undefined) await this.#finish(row, 'the rule or its target is gone')
        else await this.#send(row, message, target, signal)
      }
      page = await table.list(DUE, { limit: PAGE, after: (page.at(-1) as Row).key })
    }
  }

  async #send(row: Row, message: Message, target: AlertTarget, signal: AbortSignal): Promise<void> {
    const { clock, logger, dispatcher, onAlert, table } = this.#options
    const { alert } = message
    try {
      if (target.type === 'terminal') onAlert(alert)
      else await sendWebhook(target, messageName(alert, message.target), alert, { clock, dispatcher, signal })
      await this.#finish(row, 'delivered')
    } catch (error) {
      if (signal.aborted) return
      if (!(error instanceof PipelineError)) throw error
      const pause = error.retryAfterMs ?? SCHEDULE_MS[message.attempts]
      if (error.class !== ErrorClass.Transient || SCHEDULE_MS[message.attempts] === undefined || pause === undefined) {
        logger.error(
          { err: error, code: error.code, rule: alert.rule, alert: alert.id },
          'alert could not be delivered',
        )
        await this.#finish(row, error.message)
        return
      }
      logger.warn(
        { err: error, code: error.code, rule: alert.rule, alert: alert.id, pause },
        'alert will be sent again',
      )
      const later: Message = { ...message, attempts: message.attempts + 1, dueAt: clock.now() + pause }
      await table.put(row.key, later, row.version)
    }
  }

  /** What was done with it is kept, so that the same alert is not sent anew after a restart. */
  async #finish(row: Row, result: string): Promise<void> {
    const { table, clock } = this.#options
    await table.put(DONE + row.key.slice(DUE.length), { result, at: clock.now() }, null)
    await table.delete(row.key, row.version)
  }
}

const messageName = ({ id, version }: Alert, target: number): string => `${id}/${version}/${target}`
