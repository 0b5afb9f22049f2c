import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'
import { checkObjectKey } from '#infra/contracts/object-key.ts'

/** What common file systems take for one name. */
const MAX_PART_BYTES = 255

/** Windows opens a device for these, whatever follows the first dot. */
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?=\.|$)/
/**
 * Kept as they are. Everything else becomes %XX, capital letters too: some file systems take `A` and `a` for one name, some forbid
 * characters, a dot or blank at the end is lost on Windows, and names that begin with a dot are ours.
 */
const PLAIN = /^[a-z0-9!#$&'()+,\-.;=@[\]^_`{}~ ]$/

/** The file path of a key, relative, with `/`. Throws a permanent error for a key that is not allowed or too long for a file. */
export function encodeKey(key: string): string {
  checkObjectKey(key)
  const names = key.split('/').map(encodePart)
  if (names.every((name) => name.length <= MAX_PART_BYTES)) return names.join('/')
  const message = `a part of the object key ${JSON.stringify(key.slice(0, 200))} takes more than ${MAX_PART_BYTES} bytes as a file name; use a shorter one`
  throw new PipelineError(ErrorClass.Permanent, 'KEY_INVALID', message)
}

function encodePart(part: string): string {
  const characters = [...part]
  const last = characters.length - 1
  const device = DEVICE.test(part)
  return characters
    .map((character, i) => {
      const special =
        (i === 0 && (device || character === '.')) || (i === last && (character === '.' || character === ' '))
      return PLAIN.test(character) && !special ? character : percent(character)
    })
    .join('')
}

/** The part of a key that a file's name stands for; null for a name that `encodeKey` never makes. */
export function decodePart(name: string): string | null {
  const bytes = Buffer.from(
    name.replace(/%([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  )
  const part = bytes.toString('utf8')
  return part !== '' && encodePart(part) === name ? part : null
}

const percent = (character: string): string =>
  [...Buffer.from(character)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('')
