import { ErrorClass, PipelineError } from './errors.ts'

/** What S3 takes at most. */
const MAX_KEY_BYTES = 1024

/** Every adapter refuses the same keys: throws a permanent error for one that `ObjectStore` does not allow. */
export function checkObjectKey(key: string): void {
  const problem = problemOf(key)
  if (problem === null) return
  throw new PipelineError(
    ErrorClass.Permanent,
    'KEY_INVALID',
    `the object key ${JSON.stringify(key.slice(0, 200))} ${problem}`,
  )
}

function problemOf(key: string): string | null {
  if (Buffer.byteLength(key) > MAX_KEY_BYTES) return `is longer than ${MAX_KEY_BYTES} bytes`
  if (!key.isWellFormed()) return 'is not valid Unicode'
  if (key.includes('\0') || key.includes('\\')) return 'holds a backslash or a zero character'
  const parts = key.split('/')
  if (parts.includes('')) return 'has an empty part, or does not end in a file name'
  if (parts.includes('.') || parts.includes('..')) return 'holds a part that means a folder'
  return null
}
