import type { Readable, Writable } from 'node:stream'

/** What a command may touch of the world around it. */
export interface CommandIo {
  readonly input: Readable
  /** What was asked for. */
  readonly output: Writable & { readonly isTTY?: boolean; readonly columns?: number }
  /** Progress, warnings and logs. */
  readonly errors: Writable & { readonly isTTY?: boolean; readonly columns?: number }
  /** Aborts on Ctrl-C: end cleanly. */
  readonly signal: AbortSignal
}

/** What a process says when it ends. */
export const ExitCode = { Done: 0, Failed: 1, Usage: 2, Interrupted: 130 } as const
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode]
