import { type Document, isAlias, isMap, isScalar, isSeq, type LineCounter, type Node, type Range } from 'yaml'

export type KeyPath = readonly (string | number)[]

export interface Place {
  readonly line: number
  readonly column: number
}

/** Line and column, both from 1, of an offset in the text that filled the counter. */
export function placeOf(lines: LineCounter, offset: number): Place {
  const { line, col } = lines.linePos(offset)
  return { line: Math.max(1, line), column: Math.max(1, col) }
}

/** Tells where in a YAML text the parts of its value stand. */
export class YamlPlaces {
  readonly #document: Document
  readonly #lines: LineCounter
  readonly #text: string

  constructor(document: Document, lines: LineCounter, text: string) {
    this.#document = document
    this.#lines = lines
    this.#text = text
  }

  /** Of the value at `path`, or of the innermost part of the path that exists. */
  value(path: KeyPath): Place {
    return this.#place(this.#find(path).offset)
  }

  /** Of the key at the end of `path`. */
  key(path: KeyPath): Place {
    const parent = this.#find(path.slice(0, -1)).node
    const name = String(path.at(-1))
    const pair = isMap(parent) ? parent.items.find(({ key }) => isScalar(key) && String(key.value) === name) : undefined
    return isScalar(pair?.key) && pair.key.range ? this.#place(pair.key.range[0]) : this.value(path)
  }

  /**
   * Of the character at `offset` of the string `value` at `path`, through quotes, escapes and folded lines; of the string's
   * start when it is not written like that (a variable stood in it).
   */
  character(path: KeyPath, offset: number, value: string): Place {
    const { node, offset: start } = this.#find(path)
    if (!isScalar(node) || !node.range) return this.#place(start)
    return this.#place(sourceOffset(this.#text, node.range, value, offset))
  }

  #place(offset: number): Place {
    return placeOf(this.#lines, offset)
  }

  #find(path: KeyPath): { readonly node: Node | null; readonly offset: number } {
    let node = this.#document.contents as Node | null
    let offset = node?.range?.[0] ?? 0
    for (const step of path) {
      const resolved = isAlias(node) ? node.resolve(this.#document) : node
      let next: unknown
      if (isMap(resolved)) {
        const pair = resolved.items.find(({ key }) => isScalar(key) && String(key.value) === String(step))
        next = pair?.value
      } else if (isSeq(resolved)) {
        next = resolved.items[Number(step)]
      }
      node = (next ?? null) as Node | null
      if (node === null) break
      offset = node.range?.[0] ?? offset
    }
    return { node, offset }
  }
}

/**
 * Walks value and source side by side. What the source has more of (quotes, backslashes, indentation, a block's header) is
 * stepped over; a folded line break stands for one blank. Falls back to the start of the scalar when the two part.
 */
function sourceOffset(text: string, [start, end]: Range, value: string, offset: number): number {
  let at = start
  if (text[at] === '|' || text[at] === '>') at = text.indexOf('\n', at) + 1
  for (let i = 0; i < value.length; i++) {
    while (at < end && text[at] !== value[i] && !folds(text[at], value[i])) at++
    if (at >= end) return start
    if (i === offset) return at
    at++
  }
  return at
}

const folds = (source: string | undefined, wanted: string | undefined): boolean => source === '\n' && wanted === ' '
