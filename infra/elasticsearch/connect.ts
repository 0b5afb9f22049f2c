import { Client } from '@elastic/elasticsearch'

/** How to reach the servers. */
export interface ElasticsearchConnection {
  readonly nodes: readonly string[]
  readonly auth?: { readonly username: string; readonly password: string } | { readonly apiKey: string }
  /** Certificates (PEM) of the authority that signed the servers' own; null: the usual ones. */
  readonly ca?: string | null
}

const REQUEST_TIMEOUT_MS = 60_000

/** A client that does not retry on its own: what is repeated, and when, is decided where the outcome is known. */
export function connect({ nodes, auth, ca = null }: ElasticsearchConnection): Client {
  return new Client({
    nodes: [...nodes],
    maxRetries: 0,
    requestTimeout: REQUEST_TIMEOUT_MS,
    redaction: { type: 'remove' },
    ...(auth === undefined ? {} : { auth }),
    ...(ca === null ? {} : { tls: { ca } }),
  })
}
