const PAIRS: Readonly<Record<number, number>> = { 34: 34, 8220: 0x201d, 8222: 0x201c, 171: 0xbb, 187: 0xab }
const MIN_QUOTE = 20
const MIN_SHARE = 0.5
const GREATER = 62
const LINE_END = 10

/** Does most of a text stand in quotation marks, or on lines that begin with `>`? One pass. */
export function isQuote(text: string): boolean {
  let inside = 0
  let opened = -1
  let closes = -1
  let line = 0
  for (let i = 0; i <= text.length; i++) {
    const code = i === text.length ? LINE_END : text.charCodeAt(i)
    if (code === LINE_END) {
      if (text.charCodeAt(line) === GREATER && opened < line) inside += i - line
      line = i + 1
    } else if (opened < 0) {
      const closing = PAIRS[code]
      if (closing === undefined) continue
      opened = i
      closes = closing
    } else if (code === closes) {
      if (i - opened >= MIN_QUOTE) inside += i - opened + 1
      opened = -1
    }
  }
  return inside >= MIN_SHARE * text.length && inside >= MIN_QUOTE
}
