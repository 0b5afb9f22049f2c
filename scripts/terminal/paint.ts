import type { Writable } from 'node:stream'
import { styleText } from 'node:util'

type Style = Parameters<typeof styleText>[0]
export type Paint = (style: Style, text: string) => string

/** Colours for a stream: only on a terminal, and not where NO_COLOR or a dumb terminal forbids them. */
export function paintFor(stream: Writable & { readonly isTTY?: boolean }): Paint {
  if (stream.isTTY !== true) return (_style, text) => text
  return (style, text) => styleText(style, text, { stream: stream as NodeJS.WriteStream })
}
