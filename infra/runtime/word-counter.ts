import { isStopWord } from './stop-words.ts'

interface Seen {
  mentions: number
  /** The last mention that held it, so that it counts once in each. */
  last: number
}

/** In how many mentions a word stands, read from token strings: every index counts `word` terms by it. */
export class WordCounter {
  readonly #seen = new Map<string, Seen>()
  #mention = 0

  add(tokens: string): void {
    const mention = ++this.#mention
    for (let at = 0; at < tokens.length; ) {
      const end = tokens.indexOf(' ', at)
      const token = tokens.slice(at, end < 0 ? tokens.length : end)
      at += token.length + 1
      const word = wordOf(token)
      if (word === null) continue
      const seen = this.#seen.get(word)
      if (seen === undefined) this.#seen.set(word, { mentions: 1, last: mention })
      else if (seen.last !== mention) {
        seen.mentions++
        seen.last = mention
      }
    }
  }

  get counts(): Map<string, number> {
    const counts = new Map<string, number>()
    for (const [word, { mentions }] of this.#seen) if (!isStopWord(word)) counts.set(word, mentions)
    return counts
  }
}

/** The folded word of a token; null for tags, handles, hosts, gaps, single characters and bare numbers. */
function wordOf(token: string): string | null {
  const first = token.charCodeAt(0)
  if (first === 0x23 || first === 0x40 || token.startsWith('u:')) return null
  const bar = token.indexOf('|')
  const word = bar < 0 ? token : token.slice(0, bar)
  return word.length < 2 || /^\p{N}+$/u.test(word) ? null : word
}
