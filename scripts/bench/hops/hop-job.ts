import type { Servers } from '../../installation.ts'

/** What a process of its own does alone, so that its CPU time is that of one hop. */
export type HopJob = {
  readonly servers: Servers
  /** Fresh for each run: names of groups and of the index. */
  readonly namespace: string
  readonly input: string
  readonly output: string
  readonly partitions: number
  readonly mentions: number
} & (
  | { readonly kind: 'enrich'; readonly scores: boolean }
  /** Consumes and produces the same bytes with plain kafkajs. */
  | { readonly kind: 'copy' }
  | { readonly kind: 'index' }
  /** Consumes ready documents with plain kafkajs and sends them as they are by `client.bulk`. */
  | { readonly kind: 'bulk' }
)

export interface HopResult {
  readonly mentionsPerSecond: number
  /** Of all threads of the process, user and system, microseconds. */
  readonly cpuMicros: number
  readonly peakBytes: number
}
