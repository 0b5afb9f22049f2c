import { PassThrough, Readable } from 'node:stream'
import type { CommandIo } from '#scripts/command-io.ts'

export interface TestIo extends CommandIo {
  /** What the command has printed so far. */
  printed(): string
  /** What it has said on stderr. */
  said(): string
}

/** Streams of a command that keep what it writes; not a terminal. */
export function testIo(input = '', signal: AbortSignal = new AbortController().signal): TestIo {
  const output = new PassThrough()
  const errors = new PassThrough()
  let printed = ''
  let said = ''
  output.setEncoding('utf8').on('data', (text: string) => {
    printed += text
  })
  errors.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  return { input: Readable.from([input]), output, errors, signal, printed: () => printed, said: () => said }
}
