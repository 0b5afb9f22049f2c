import { hash } from 'node:crypto'
import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'
import { SeenItems } from '../seen-items.ts'

/** What is remembered of one URL between two requests and over restarts. */
export interface UrlState {
  readonly etag: string | null
  readonly lastModified: string | null
  /** Digest of the address that gave the validators: another one's answer to them means nothing. */
  readonly validFor: string | null
  /** Digest of the last body that was read to its end. */
  readonly body: string | null
  readonly failures: number
  /** Not to be asked before, milliseconds. */
  readonly notBefore: number
  /** Start of the last request that was answered well, milliseconds; 0: never. */
  readonly seenUpTo: number
}

const NEW_URL: UrlState = {
  etag: null,
  lastModified: null,
  validFor: null,
  body: null,
  failures: 0,
  notBefore: 0,
  seenUpTo: 0,
}

/** Seen items over all URLs of one connector: about 560 KB of cursor, so that it fits a Kafka message. */
const MOST_SEEN = 30_000
const VERSION = 1

interface Saved {
  readonly version: number
  readonly urls: Readonly<Record<string, UrlState & { readonly seen: string }>>
}

/**
 * The cursor of a feed connector. It holds no URL (they may carry secrets) but digests of them. Each URL remembers its newest
 * 30,000 / number of URLs items, at most 5,000; what is beyond is, when its feed changes, read again as new, which
 * costs repeats and loses nothing.
 */
export class FeedState {
  readonly #urls = new Map<string, { state: UrlState; readonly seen: SeenItems; saved: string | null }>()

  /** Throws a config error when the cursor is none of ours. */
  constructor(urls: readonly string[], cursor: string | null) {
    const saved = cursor === null ? {} : parse(cursor).urls
    const capacity = Math.min(5_000, Math.floor(MOST_SEEN / urls.length))
    for (const url of urls) {
      const known = saved[shortDigest(url)]
      const { seen, ...state } = known ?? { ...NEW_URL, seen: '' }
      this.#urls.set(url, { state, seen: new SeenItems(capacity, seen), saved: null })
    }
  }

  get(url: string): UrlState {
    return this.#urls.get(url)!.state
  }

  seen(url: string): SeenItems {
    return this.#urls.get(url)!.seen
  }

  /** Only after every event that the change stands for was yielded. */
  set(url: string, change: Partial<UrlState>): void {
    const entry = this.#urls.get(url)!
    entry.state = { ...entry.state, ...change }
    entry.saved = null
  }

  /** The source has been seen up to here: by its slowest URL, those left out that keep failing or were never read. */
  get observedAt(): number {
    const states = [...this.#urls.values()].map(({ state }) => state).filter(({ seenUpTo }) => seenUpTo > 0)
    const healthy = states.filter(({ failures }) => failures < 3)
    if (healthy.length > 0) return Math.min(...healthy.map(({ seenUpTo }) => seenUpTo))
    return Math.max(0, ...states.map(({ seenUpTo }) => seenUpTo))
  }

  toCursor(): string {
    const parts = [...this.#urls].map(([url, entry]) => {
      entry.saved ??= `${JSON.stringify(shortDigest(url))}:${JSON.stringify({ ...entry.state, seen: entry.seen.pack() })}`
      return entry.saved
    })
    return `{"version":${VERSION},"urls":{${parts.join(',')}}}`
  }
}

export const shortDigest = (text: string): string => hash('sha256', text).slice(0, 16)

function parse(cursor: string): Saved {
  try {
    const saved = JSON.parse(cursor) as Saved
    if (saved.version === VERSION && typeof saved.urls === 'object') return saved
  } catch {
    // Not ours; said below.
  }
  const message =
    'the saved position of this feed connector cannot be read; give the connector another id to start anew'
  throw new PipelineError(ErrorClass.Config, 'CURSOR_INVALID', message)
}
