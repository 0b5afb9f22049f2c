import { Agent, type Dispatcher, request } from 'undici'
import type { Clock } from '#infra/contracts/clock.ts'
import { retryAfterMs } from '#infra/runtime/retry-after.ts'
import { answerError, networkError, registryError } from './registry-error.ts'

export interface RegistryOptions {
  /** Where `/subjects` and `/schemas` are; for Apicurio it ends in `/apis/ccompat/v7`. */
  readonly url: string
  readonly auth: { readonly username: string; readonly password: string } | null
  /** PEM of an own authority. */
  readonly ca: string | null
  readonly clock: Clock
}

const TIMEOUT_MS = 10_000
const MAX_ANSWER_BYTES = 4 << 20
const CONTENT_TYPE = 'application/vnd.schemaregistry.v1+json'
/** Subject, version or schema: the registry is there, and has none. */
const NOT_FOUND = [40401, 40402, 40403]

/**
 * The REST interface that Confluent's schema registry has, and others after it. Rejects with a transient error while the registry
 * does not answer, and with a config error when it refuses.
 */
export class RegistryClient implements AsyncDisposable {
  readonly #options: RegistryOptions
  readonly #agent: Agent
  readonly #headers: Readonly<Record<string, string>>

  constructor(options: RegistryOptions) {
    const { auth, ca } = options
    this.#options = options
    this.#agent = new Agent({ connect: { timeout: TIMEOUT_MS, ...(ca !== null && { ca }) } })
    const pair = auth && Buffer.from(`${auth.username}:${auth.password}`).toString('base64')
    this.#headers = {
      ...{ accept: `${CONTENT_TYPE}, application/json`, 'content-type': CONTENT_TYPE },
      ...(pair !== null && { authorization: `Basic ${pair}` }),
    }
  }

  /** The id of a schema under its subject; null when it is not registered there. */
  async find(subject: string, schema: string): Promise<number | null> {
    return this.#id(await this.#ask('POST', `subjects/${encodeURIComponent(subject)}`, { schema }))
  }

  /** Registers a schema, or finds it. Whoever registers another one later must be compatible with all before it. */
  async register(subject: string, schema: string): Promise<number> {
    const name = encodeURIComponent(subject)
    await this.#ask('PUT', `config/${name}`, { compatibility: 'FULL_TRANSITIVE' })
    const id = this.#id(await this.#ask('POST', `subjects/${name}/versions`, { schema }))
    if (id === null) throw registryError(this.#options.url, 'REGISTRY_URL_WRONG', 'it registers nothing')
    return id
  }

  /** The schema with that id; null when there is none. */
  async schema(id: number): Promise<string | null> {
    const answer = (await this.#ask('GET', `schemas/ids/${id}`)) as { readonly schema?: unknown } | null
    return answer === null ? null : String(answer.schema)
  }

  #id(answer: unknown): number | null {
    const { id } = (answer ?? {}) as { readonly id?: unknown }
    return typeof id === 'number' ? id : null
  }

  /** What the registry answers; null when it has no such thing. */
  async #ask(method: 'GET' | 'POST' | 'PUT', path: string, body?: object): Promise<unknown> {
    const { url, clock } = this.#options
    let status: number
    let headers: Readonly<Record<string, string>>
    let text: string
    try {
      const response = await request(`${url.replace(/\/+$/, '')}/${path}`, {
        ...{ method, dispatcher: this.#agent, headers: this.#headers, signal: AbortSignal.timeout(TIMEOUT_MS) },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
      status = response.statusCode
      headers = response.headers as Readonly<Record<string, string>>
      text = await readText(response.body)
    } catch (error) {
      throw networkError(url, error)
    }
    const answer = parse(text)
    if (status === 404 && NOT_FOUND.includes(answer?.error_code as number)) return null
    if (status >= 200 && status < 300 && answer !== null) return answer
    throw answerError(url, status, answer?.message, retryAfterMs(headers, clock.now()))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#agent.destroy()
  }
}

async function readText(body: Dispatcher.ResponseData['body']): Promise<string> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of body as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > MAX_ANSWER_BYTES) break // no answer that we ask for is so long: what was read is not JSON
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

function parse(text: string): { readonly error_code?: unknown; readonly message?: unknown } | null {
  try {
    const answer: unknown = JSON.parse(text)
    return typeof answer === 'object' ? answer : null
  } catch {
    return null // some other server; the caller says so
  }
}
