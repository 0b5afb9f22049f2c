import { stripVTControlCharacters } from 'node:util'
import type { CommandIo } from '../command-io.ts'

/** What a terminal draws twice as wide: East Asian wide and full-width characters, and emoji. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}\p{Emoji_Presentation}]|\ufe0f/u
const graphemes = new Intl.Segmenter()

/** Columns that a text takes on a terminal; colours take none. */
export function columnsOf(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length
  let columns = 0
  for (const { segment } of graphemes.segment(stripVTControlCharacters(text))) columns += WIDE.test(segment) ? 2 : 1
  return columns
}

/** At most so many columns, with an ellipsis where something was cut. */
export function shorten(text: string, columns: number): string {
  let used = 0
  let fits = 0
  for (const { segment, index } of graphemes.segment(text)) {
    used += WIDE.test(segment) ? 2 : 1
    if (used > columns) return `${text.slice(0, fits)}…`
    if (used < columns) fits = index + segment.length
  }
  return text
}

/** Filled up with blanks to so many columns. */
export const pad = (text: string, columns: number): string => text + ' '.repeat(Math.max(0, columns - columnsOf(text)))

/** Breaks a line between words; what follows is indented a little more than its beginning. A longer word is left whole. */
export function wrap(line: string, columns: number): string {
  if (columnsOf(line) <= columns) return line
  const indent = ' '.repeat(line.search(/\S|$/) + 2)
  const lines: string[] = []
  let current = ''
  for (const word of line.match(/\s*\S+/g) ?? []) {
    if (current !== '' && columnsOf(current + word) > columns) {
      lines.push(current)
      current = indent + word.trimStart()
    } else current += word
  }
  return [...lines, current].join('\n')
}

/** Writes lines for people: on a terminal they break between words, elsewhere they stay whole. */
export function writeLines(stream: CommandIo['output'], lines: readonly string[]): void {
  const { isTTY, columns } = stream
  const laid = isTTY === true && columns !== undefined ? lines.map((line) => wrap(line, columns)) : lines
  stream.write(`${laid.join('\n')}\n`)
}
