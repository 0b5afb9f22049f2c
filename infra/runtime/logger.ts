import { type Logger, pino } from 'pino'
import type { LogLevel } from './log-level.ts'

/**
 * Structured logs, a JSON object a line. Post text, author names and secrets are never given to it; what looks like a secret
 * is struck out all the same.
 */
export function createLogger(level: LogLevel, write: (line: string) => void): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: {
        paths: ['secret', 'password', 'token', 'authorization', '*.secret', '*.authorization'],
        censor: '[hidden]',
      },
    },
    { write },
  )
}

interface LogLine {
  readonly level: string
  readonly time: string
  readonly msg: string
  readonly err?: { readonly message?: string }
}

/** A log line as a person reads it on a terminal: time, level, message, what failed, then the other fields. */
export function readableLine(json: string): string {
  const { level, time, msg, err, ...fields } = JSON.parse(json) as LogLine
  const rest = Object.entries(fields).map(
    ([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  )
  return [time.slice(11, 19), level.padEnd(5), msg, err?.message && `(${err.message})`, ...rest]
    .filter(Boolean)
    .join(' ')
}
