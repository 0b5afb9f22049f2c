import type { Decoded } from '#schemas/codec.ts'
import type { Foreign } from '#schemas/wire-codec.ts'

/** Code and words of the dead letter for a record that is not what belongs in its place. */
export function unreadable(
  found: Decoded | Foreign,
  wanted: string,
): { readonly code: string; readonly message: string } {
  if (found.name === 'foreign') return { code: found.code, message: found.reason }
  return { code: 'RECORD_UNREADABLE', message: `${found.name} stands where ${wanted} belongs` }
}
