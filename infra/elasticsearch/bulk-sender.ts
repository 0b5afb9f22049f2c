import type { Client, estypes } from '@elastic/elasticsearch'
import type { Clock } from '#infra/contracts/clock.ts'
import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'
import { backoffMs } from '#infra/runtime/retry.ts'
import { BulkLines } from './bulk-lines.ts'
import { asked, isBusy, overloaded, refusal, statusOf } from './server-error.ts'

/** The version of a document that was read. */
export interface ReadVersion {
  readonly seqNo: number
  readonly primaryTerm: number
}

export interface BulkItem {
  readonly id: string
  /** JSON in one line. */
  readonly source: string
  /** What this replaces; null: there must be none. */
  readonly replaces: ReadVersion | null
}

/** `conflict`: the stored document is not the one that was read. `refused`: this document can never be written. */
export type BulkResult =
  | 'written'
  | 'conflict'
  | { readonly kind: 'refused'; readonly code: string; readonly message: string }

export interface BulkSenderOptions {
  readonly client: Client
  readonly alias: string
  /** Rejects when the alias does not lead to our index alone. */
  readonly checkAlias: () => Promise<void>
  readonly clock: Clock
}

/** Far below the 100 MB that a server takes. */
const MAX_BYTES = 8 << 20
/** With growing pauses between them, some 40 seconds; then the caller is told and nothing is taken for written. */
const MAX_ATTEMPTS = 10

const WHAT = 'writing mentions'
/** Said of a document, and of an alias that leads to several indices. */
const ILLEGAL = 'illegal_argument_exception'
const ANSWER = 'items.*.status,items.*.error.type,items.*.error.reason'

/** Writes documents in one bulk request, several when they are large, and answers for each. Only what was refused for lack of room is sent again. */
export class BulkSender {
  readonly #client: Client
  readonly #path: string
  readonly #checkAlias: () => Promise<void>
  readonly #clock: Clock
  /** Used again: memory that is new costs more than what is written to it. */
  readonly #free: BulkLines[] = []

  constructor({ client, alias, checkAlias, clock }: BulkSenderOptions) {
    this.#client = client
    this.#path = `/${encodeURIComponent(alias)}/_bulk`
    this.#checkAlias = checkAlias
    this.#clock = clock
  }

  /**
   * One result per item, in order. Each item is written down before the next is asked for. Rejects when the servers stay busy or
   * away: then some of the items may be written.
   */
  async send(items: Iterable<BulkItem>): Promise<readonly BulkResult[]> {
    const lines = this.#free.pop() ?? new BulkLines()
    try {
      for (const item of items) lines.add(actionOf(item), item.source)
      const results = new Array<BulkResult>(lines.count)
      for (const places of lines.divided(MAX_BYTES)) await this.#sendPart(lines, places, results)
      return results
    } finally {
      lines.clear()
      this.#free.push(lines)
    }
  }

  /** `places` of items; each gets its result. */
  async #sendPart(lines: BulkLines, places: readonly number[], results: BulkResult[]): Promise<void> {
    let left = places
    for (let attempt = 1; ; attempt++) {
      const answered = await this.#request(lines, left, results)
      if (answered.length === 0) return
      if (attempt === MAX_ATTEMPTS) {
        throw overloaded(WHAT, `${answered.length} of ${places.length} documents refused ${attempt} times`)
      }
      left = answered
      await this.#clock.sleep(backoffMs(attempt))
    }
  }

  /** Places of those that the servers had no room for. */
  async #request(lines: BulkLines, places: readonly number[], results: BulkResult[]): Promise<readonly number[]> {
    let response: estypes.BulkResponse
    try {
      // Not `client.bulk`, which makes one text of all documents and then bytes of it.
      response = await this.#client.transport.request({
        method: 'POST',
        path: this.#path,
        querystring: { require_alias: true, filter_path: ANSWER },
        bulkBody: lines.bytesOf(places),
      })
    } catch (error) {
      if (isBusy(statusOf(error))) return places
      if (statusOf(error) === 413) return this.#halved(lines, places, results)
      return await asked(WHAT, Promise.reject(error))
    }
    if (response.items.some((item) => Object.values(item)[0]!.error?.type === ILLEGAL)) await this.#checkAlias()
    const busy: number[] = []
    for (const [i, place] of places.entries()) {
      const { status, error } = Object.values(response.items[i]!)[0]!
      const result = classify(status, error?.type ?? '', error?.reason ?? '')
      if (result === 'busy') busy.push(place)
      else results[place] = result
    }
    return busy
  }

  async #halved(lines: BulkLines, places: readonly number[], results: BulkResult[]): Promise<readonly number[]> {
    if (places.length === 1) {
      const message = 'the document is larger than a request may be (http.max_content_length)'
      results[places[0]!] = { kind: 'refused', code: 'DOCUMENT_TOO_LARGE', message }
      return []
    }
    const middle = places.length >> 1
    await this.#sendPart(lines, places.slice(0, middle), results)
    await this.#sendPart(lines, places.slice(middle), results)
    return []
  }
}

function actionOf({ id, replaces }: BulkItem): string {
  const quoted = JSON.stringify(id)
  if (replaces === null) return `{"create":{"_id":${quoted}}}`
  return `{"index":{"_id":${quoted},"if_seq_no":${replaces.seqNo},"if_primary_term":${replaces.primaryTerm}}}`
}

/** Types of errors that are about one document. */
const OF_DOCUMENT = new Set(['document_parsing_exception', 'mapper_parsing_exception', ILLEGAL])

/** What became of one item. Throws what concerns the whole index and not this document. */
function classify(status: number, type: string, reason: string): BulkResult | 'busy' {
  if (status < 300) return 'written'
  if (status === 409) return 'conflict'
  const ofIndex = refusal(WHAT, type, status)
  if (ofIndex !== null) throw ofIndex
  if (status === 429 || status >= 500) return 'busy'
  if (status === 401 || status === 403) {
    const message = `${WHAT}: Elasticsearch forbids it (${type}); check the privileges of elasticsearch.auth`
    throw new PipelineError(ErrorClass.Config, 'ELASTICSEARCH_FORBIDDEN', message)
  }
  // Whoever takes an unknown refusal for one of the document would bury every document.
  if (!OF_DOCUMENT.has(type))
    throw new Error(`${WHAT}: Elasticsearch refuses a document for an unknown reason (${status} ${type})`)
  // The reason may quote the post.
  const field = /\[([A-Za-z.]{1,60})\]/.exec(reason)?.[1] ?? 'unnamed'
  const message = `Elasticsearch refuses the document (${type}, field ${field}); mend the mapping of its connector, then retry the dead letter`
  return { kind: 'refused', code: 'DOCUMENT_REFUSED', message }
}
