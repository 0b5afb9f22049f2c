import { createRequire } from 'node:module'
import type { TermCount } from '#infra/contracts/search-index.ts'

const require = createRequire(import.meta.url)

interface Stemmer {
  stem(word: string): string
}

/** Languages that natural has a Porter stemmer for, and its file. Deep imports: the root of the package costs more than a second. */
const FILES: Readonly<Record<string, string>> = {
  ...{
    en: 'porter_stemmer',
    de: 'porter_stemmer_de',
    es: 'porter_stemmer_es',
    fr: 'porter_stemmer_fr',
    it: 'porter_stemmer_it',
  },
  ...{
    nl: 'porter_stemmer_nl',
    no: 'porter_stemmer_no',
    pt: 'porter_stemmer_pt',
    ru: 'porter_stemmer_ru',
    sv: 'porter_stemmer_sv',
  },
}

/** The stem of a word of that language; the word itself where there is no stemmer for it. */
export function stemmerOf(language: string | null): (word: string) => string {
  const file = FILES[language ?? '']
  if (file === undefined) return (word) => word
  const stemmer = require(`natural/lib/natural/stemmers/${file}.js`) as Stemmer
  return (word) => stemmer.stem(word)
}

/**
 * Inflections of one word counted together (leak, leaks, leaked), under the form that is used most. `counts` come with the most
 * frequent first. A mention with two forms counts twice: these numbers compare one time with another, they are not shown.
 */
export function countStems(counts: readonly TermCount[], stem: (word: string) => string): Map<string, TermCount> {
  const stems = new Map<string, TermCount>()
  for (const { term, mentions } of counts) {
    const key = stem(term)
    const known = stems.get(key)
    stems.set(key, { term: known?.term ?? term, mentions: (known?.mentions ?? 0) + mentions })
  }
  return stems
}
