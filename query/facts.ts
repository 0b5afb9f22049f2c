import { emojiForms, emojiIn } from './emoji.ts'
import { type FactSource, type Field, fields, type NumberFact, type TextFact } from './fields.ts'
import type { Bounds } from './query.ts'
import { clip } from './token.ts'

const entries = Object.entries(fields) as [string, Field][]

/** A value as fields compare it: without differences of case, width and blanks. */
export const factValue = (written: string): string =>
  clipped(written.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim())

/** An id as it is written, on one line. */
export const exactValue = (written: string): string => clipped(written.replace(/\s/g, ' '))

const clipped = (value: string): string => clip(value, 0, value.length).toWellFormed()

/** The values of a mention in all fields that are kept as text, `field=value` each, without repeats. */
export function textFacts(source: FactSource): string[] {
  const found = new Set<string>()
  for (const [name, field] of entries) {
    if (field.type !== 'keyword' && field.type !== 'choice') continue
    const form = field.type === 'keyword' && field.exact ? exactValue : factValue
    for (const value of field.values(source)) if (value) found.add(`${name}=${form(value)}`)
  }
  return [...found]
}

/** The numbers of a mention that ranges are asked of; what is unknown is left out. */
export function numberFacts(source: FactSource): Partial<Record<NumberFact, number>> {
  const found: Partial<Record<NumberFact, number>> = { published: source.mention.publishedAt }
  for (const [name, field] of entries) {
    if (field.type !== 'number') continue
    const number = field.number(source)
    if (typeof number === 'number' && Number.isFinite(number)) found[name as NumberFact] = number
  }
  return found
}

/** Facts as one string, the form in which they are kept beside the tokens. */
export function factString(texts: readonly string[], numbers: Partial<Record<NumberFact, number>>): string {
  const lines = Object.entries(numbers).map(([name, number]) => `${name}=${number}`)
  return `\n${[...texts, ...lines].join('\n')}\n`
}

/** What fields ask of one mention. Nothing is looked up before a query asks. */
export class Facts {
  #text: string | null = null
  readonly #read: () => string

  private constructor(read: () => string) {
    this.#read = read
  }

  static of(source: FactSource): Facts {
    return new Facts(() => factString(textFacts(source), numberFacts(source)))
  }

  /** From what `factString` gave. */
  static from(text: string): Facts {
    return new Facts(() => text)
  }

  /** Of a bare text: its emoji, and nothing that only a mention has. */
  static ofText(text: string): Facts {
    return new Facts(() =>
      factString(
        emojiIn(text)
          .flatMap(emojiForms)
          .map((form) => `emoji=${form}`),
        {},
      ),
    )
  }

  has(field: TextFact, value: string): boolean {
    return this.#lines().includes(`\n${field}=${value}\n`)
  }

  /** False for a number that is not known. */
  isWithin(field: NumberFact, { gt, gte, lt, lte }: Bounds): boolean {
    const lines = this.#lines()
    const at = lines.indexOf(`\n${field}=`)
    if (at < 0) return false
    const start = at + field.length + 2
    const number = Number(lines.slice(start, lines.indexOf('\n', start)))
    return !(
      (gt !== undefined && number <= gt) ||
      (gte !== undefined && number < gte) ||
      (lt !== undefined && number >= lt) ||
      (lte !== undefined && number > lte)
    )
  }

  #lines(): string {
    this.#text ??= this.#read()
    return this.#text
  }
}

/** Of a text about which nothing else is known. */
export const NO_FACTS = Facts.from('\n')
