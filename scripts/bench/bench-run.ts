import type { RealServer } from '../servers/real-server.ts'

/** What a bench may use, and how it says what it found. */
export interface Bench {
  /** As asked for on the command line, else what is usual. */
  readonly mentions: (usual: number) => number
  readonly seconds: (usual: number) => number
  readonly runs: number
  /** Goes away in the end. */
  readonly folder: string
  /** A line for people. */
  readonly say: (line: string) => void
  /** The three servers, set as in production where they are ours; started at the first call. */
  readonly servers: () => Promise<readonly RealServer[]>
}
