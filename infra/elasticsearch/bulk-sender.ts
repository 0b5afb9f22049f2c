import type { Client, estypes } from '@elastic/elasticsearch'
import type { Clock } from '#infra/contracts/clock.ts'
import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'
import { backoffMs } from '#infra/runtime/retry.ts'
import { asked, indexMissing, isBusy, overloaded, statusOf } from './server-error.ts'

/** The version of a document that was read. */
export interface ReadVersion {
  readonly seqNo: number
  readonly primaryTerm: number
}

export interface BulkItem {
  readonly id: string
  /** JSON. */
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
  readonly clock: Clock
}

const MAX_ITEMS = 1_000
/** Of characters: far below the 100 MB that a server takes. */
const MAX_LENGTH = 4_000_000
const IN_FLIGHT = 2
/** With growing pauses between them, some 40 seconds; then the caller is told and nothing is taken for written. */
const MAX_ATTEMPTS = 10

const WHAT = 'writing mentions'
const ANSWER = 'items.*.status,items.*.error.type,items.*.error.reason'

/** Writes documents with as many bulk requests as they need, and answers for each. Only what was refused for lack of room is sent again. */
export class BulkSender {
  readonly #client: Client
  readonly #alias: string
  readonly #clock: Clock

  constructor({ client, alias, clock }: BulkSenderOptions) {
    this.#client = client
    this.#alias = alias
    this.#clock = clock
  }

  /** One result per item, in order. Rejects when the servers stay busy or away: then some of the items may be written. */
  async send(items: readonly BulkItem[]): Promise<readonly BulkResult[]> {
    const results = new Array<BulkResult>(items.length)
    const parts = divided(items)
    const lane = async (): Promise<void> => {
      for (let part = parts.shift(); part !== undefined; part = parts.shift())
        await this.#sendPart(items, part, results)
    }
    const lanes = await Promise.allSettled(Array.from({ length: IN_FLIGHT }, lane))
    for (const settled of lanes) if (settled.status === 'rejected') throw settled.reason
    return results
  }

  /** `places` of items; each gets its result. */
  async #sendPart(items: readonly BulkItem[], places: readonly number[], results: BulkResult[]): Promise<void> {
    let left = places
    for (let attempt = 1; ; attempt++) {
      const answered = await this.#request(items, left, results)
      if (answered.length === 0) return
      if (attempt === MAX_ATTEMPTS) {
        throw overloaded(WHAT, `${answered.length} of ${places.length} documents refused ${attempt} times`)
      }
      left = answered
      await this.#clock.sleep(backoffMs(attempt))
    }
  }

  /** Places of those that the servers had no room for. */
  async #request(
    items: readonly BulkItem[],
    places: readonly number[],
    results: BulkResult[],
  ): Promise<readonly number[]> {
    const operations: string[] = []
    for (const place of places) operations.push(actionOf(items[place]!), items[place]!.source)
    let response: estypes.BulkResponse
    try {
      response = await this.#client.bulk<string, string>({
        index: this.#alias,
        require_alias: true,
        filter_path: ANSWER,
        operations,
      })
    } catch (error) {
      if (isBusy(statusOf(error))) return places
      if (statusOf(error) === 413) return this.#halved(items, places, results)
      return await asked(WHAT, Promise.reject(error))
    }
    const busy: number[] = []
    for (const [i, place] of places.entries()) {
      const { status, error } = Object.values(response.items[i]!)[0]!
      const result = classify(status, error?.type ?? '', error?.reason ?? '')
      if (result === 'busy') busy.push(place)
      else results[place] = result
    }
    return busy
  }

  async #halved(
    items: readonly BulkItem[],
    places: readonly number[],
    results: BulkResult[],
  ): Promise<readonly number[]> {
    if (places.length === 1) {
      const message = 'the document is larger than a request may be (http.max_content_length)'
      results[places[0]!] = { kind: 'refused', code: 'DOCUMENT_TOO_LARGE', message }
      return []
    }
    const middle = places.length >> 1
    await this.#sendPart(items, places.slice(0, middle), results)
    await this.#sendPart(items, places.slice(middle), results)
    return []
  }
}

/** Places of the items, by request. */
function divided(items: readonly BulkItem[]): number[][] {
  const parts: number[][] = []
  let part: number[] = []
  let length = 0
  for (const [place, { source }] of items.entries()) {
    if (part.length === MAX_ITEMS || (part.length > 0 && length + source.length > MAX_LENGTH)) {
      parts.push(part)
      part = []
      length = 0
    }
    part.push(place)
    length += source.length
  }
  if (part.length > 0) parts.push(part)
  return parts
}

function actionOf({ id, replaces }: BulkItem): string {
  const quoted = JSON.stringify(id)
  if (replaces === null) return `{"create":{"_id":${quoted}}}`
  return `{"index":{"_id":${quoted},"if_seq_no":${replaces.seqNo},"if_primary_term":${replaces.primaryTerm}}}`
}

/** What became of one item. Throws what concerns the whole index and not this document. */
function classify(status: number, type: string, reason: string): BulkResult | 'busy' {
  if (status < 300) return 'written'
  if (status === 409) return 'conflict'
  if (status === 429 || status >= 500) return 'busy'
  if (status === 404) throw indexMissing(WHAT)
  if (type === 'strict_dynamic_mapping_exception') {
    const message = `${WHAT}: the index lacks fields of this version (its mapping is older or not ours); run \`earshot setup\``
    throw new PipelineError(ErrorClass.Config, 'INDEX_MAPPING_WRONG', message)
  }
  if (status === 401 || status === 403) {
    const message = `${WHAT}: Elasticsearch forbids it (${type}); check the privileges of elasticsearch.auth and whether the index is read-only`
    throw new PipelineError(ErrorClass.Config, 'ELASTICSEARCH_FORBIDDEN', message)
  }
  // The reason may quote the post.
  const field = /\[([A-Za-z.]{1,60})\]/.exec(reason)?.[1] ?? 'unnamed'
  const message = `Elasticsearch refuses the document (${type}, field ${field}); mend the mapping of its connector, then retry the dead letter`
  return { kind: 'refused', code: 'DOCUMENT_REFUSED', message }
}
