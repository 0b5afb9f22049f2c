import { hash } from 'node:crypto'
import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'
import type { DateOrder } from './import-time.ts'
import type { Place } from './row-splitter.ts'

const IDENTIFYING_BYTES = 4096

/** Which file it is, as far as its beginning tells; a file that grows stays the same. */
export interface FileIdentity {
  readonly headBytes: number
  readonly headHash: string
}

/** Where reading goes on, in which file, and what was found out about it. */
export interface FileCursor extends Place, FileIdentity {
  readonly dateOrder: DateOrder | null
}

export function identify(head: Buffer): FileIdentity {
  const bytes = head.subarray(0, IDENTIFYING_BYTES)
  return { headBytes: bytes.length, headHash: hash('sha256', bytes, 'hex').slice(0, 32) }
}

export const isSameFile = (head: Buffer, { headBytes, headHash }: FileIdentity): boolean =>
  head.length >= headBytes && identify(head.subarray(0, headBytes)).headHash === headHash

export const encodeFileCursor = (cursor: FileCursor): string => JSON.stringify(cursor)

/** Throws CURSOR_UNREADABLE (config) for what `encodeFileCursor` did not write. */
export function decodeFileCursor(text: string): FileCursor {
  try {
    const { offset, line, headBytes, headHash, dateOrder } = JSON.parse(text) as FileCursor
    const whole = [offset, line, headBytes].every((number) => Number.isSafeInteger(number) && number >= 0)
    if (whole && typeof headHash === 'string')
      return { offset, line, headBytes, headHash, dateOrder: dateOrder ?? null }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  const message = 'the saved place in the file is not one of ours; give the connector a new id to read the file anew'
  throw new PipelineError(ErrorClass.Config, 'CURSOR_UNREADABLE', message)
}
