import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'

/** What Elasticsearch takes for an id, so that a key fits every engine. */
const MAX_KEY_BYTES = 512

/** The key as it was given. Throws a permanent error when no `Table` can hold it. */
export function checkedKey(key: string): string {
  const wrong = key === '' || key.includes('\0') || !key.isWellFormed() || Buffer.byteLength(key) > MAX_KEY_BYTES
  if (!wrong) return key
  const message = `the key ${JSON.stringify(key.slice(0, 100))} is empty, longer than ${MAX_KEY_BYTES} bytes or not plain text`
  throw new PipelineError(ErrorClass.Permanent, 'KEY_INVALID', message)
}
