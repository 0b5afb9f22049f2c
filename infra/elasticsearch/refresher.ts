import type { Client } from '@elastic/elasticsearch'
import { asked } from './server-error.ts'

/** Makes what was written visible to searches; those who ask at the same time share one request. */
export class Refresher {
  readonly #client: Client
  readonly #index: string
  #running: Promise<void> | null = null
  #next: Promise<void> | null = null

  constructor(client: Client, index: string) {
    this.#client = client
    this.#index = index
  }

  /** Resolves when all that was written before this call is visible. */
  refresh(): Promise<void> {
    // One that has begun may have passed by what was written a moment ago.
    this.#next ??= this.#afterRunning()
    return this.#next
  }

  async #afterRunning(): Promise<void> {
    await this.#running?.catch(() => undefined) // told to those who waited for it
    this.#next = null
    this.#running = this.#request()
    await this.#running
  }

  async #request(): Promise<void> {
    await asked('refreshing the index', this.#client.indices.refresh({ index: this.#index }))
  }
}
