import { CONTINUES, isRemoved, propertiesOf, UNCLEAN } from './characters.ts'

/** A stretch of the clean text that differs from the stretch of the original it was made from. */
export interface Edit {
  readonly cleanStart: number
  readonly cleanEnd: number
  readonly start: number
  readonly end: number
}

export interface CleanText {
  readonly text: string
  /** In order; everything between them is unchanged. */
  readonly edits: readonly Edit[]
}

/** As in Unicode's stream-safe format: more marks than this on one letter are hostile, and sorting them costs quadratic time. */
const MAX_MARKS = 30

/**
 * Unicode NFKC without zero-width characters, and where each change was made. Blanks of all kinds and signs such as the ellipsis,
 * which the tokenizer knows by themselves, stay as they are. Linear time.
 */
export function cleanText(text: string): CleanText {
  const edits: Edit[] = []
  let clean = ''
  let copied = 0
  for (let start = 0; start < text.length; ) {
    const end = segmentEnd(text, start)
    const normal = normalSegment(text, start, end)
    if (normal !== null) {
      clean += text.slice(copied, start)
      edits.push({ cleanStart: clean.length, cleanEnd: clean.length + normal.length, start, end })
      clean += normal
      copied = end
    }
    start = end
  }
  return edits.length === 0 ? { text, edits } : { text: clean + text.slice(copied), edits }
}

/** A base character with everything that may combine with it. */
function segmentEnd(text: string, start: number): number {
  const first = text.codePointAt(start)!
  let end = start + (first > 0xffff ? 2 : 1)
  if (isRemoved(first)) return end
  for (let marks = 0; end < text.length && marks < MAX_MARKS; marks++) {
    const code = text.codePointAt(end)!
    if ((propertiesOf(code) & CONTINUES) === 0) break
    end += code > 0xffff ? 2 : 1
  }
  return end
}

/** null when nothing changes. */
function normalSegment(text: string, start: number, end: number): string | null {
  const first = text.codePointAt(start)!
  const single = end - start === (first > 0xffff ? 2 : 1)
  if (single && (propertiesOf(first) & UNCLEAN) === 0) return null
  if (isRemoved(first)) return ''
  const segment = text.slice(start, end)
  const normal = segment.normalize('NFKC')
  return normal === segment ? null : normal
}
