import { readFileSync } from 'node:fs'
import { NameUnits } from '#enrich/entities/name-units.ts'
import { NO_CLASSES } from '#enrich/entities/word-classes.ts'
import { PostTokens } from '#enrich/text/post-tokens.ts'
import { hashWord } from '#enrich/text/word-hash.ts'
import { readList, readTsv } from './read-tsv.ts'

/** Index into `LEARNT_TYPES` of the labels of both sets. */
const TYPE_OF: Readonly<Record<string, number>> = {
  PER: 0,
  person: 0,
  LOC: 1,
  location: 1,
  ORG: 2,
  group: 2,
  corporation: 2,
  product: 3,
  'creative-work': 3,
}

export interface NamedSpan {
  readonly start: number
  readonly end: number
  readonly type: number
}

export interface EntityPost {
  readonly text: string
  /** UTF-16 places of the tokens of the data set. */
  readonly tokens: readonly { readonly start: number; readonly end: number }[]
  readonly names: readonly NamedSpan[]
  /** Tokens that are handles: marked as people in one set, never asked of the tagger. */
  readonly handles: ReadonlySet<number>
}

/** The posts of `entities-wnut17` or `entities-btc`. */
export const readEntityPosts = (data: string, set: string, part: 'train' | 'val'): readonly EntityPost[] =>
  readTsv(data, `${set}/${part}.tsv`).map(({ label, text }) => entityPost(text!.split(' '), label!.split(' ')))

function entityPost(words: readonly string[], labels: readonly string[]): EntityPost {
  const tokens: { start: number; end: number }[] = []
  const names: { start: number; end: number; type: number }[] = []
  const handles = new Set<number>()
  let at = 0
  let open = ''
  for (const [i, word] of words.entries()) {
    const place = { start: at, end: at + word.length }
    at = place.end + 1
    tokens.push(place)
    // one set cuts a handle in two (`@ name`) and marks both as people
    const isHandle = word.startsWith('@') || words[i - 1] === '@'
    if (isHandle) handles.add(i)
    const label = isHandle ? 'O' : labels[i]!
    const kind = label.slice(2)
    const type = TYPE_OF[kind]
    const last = names.at(-1)
    if (type !== undefined && label.startsWith('I-') && open === kind && last !== undefined) last.end = place.end
    else if (type !== undefined) names.push({ ...place, type })
    open = kind
  }
  return { text: words.join(' '), tokens, names, handles }
}

const tokens = new PostTokens()

/** The tag of each unit of a text: a unit that shares a character with a name belongs to it. */
export function tagsOf(post: EntityPost, units: NameUnits): Uint8Array {
  const tags = new Uint8Array(units.count)
  for (const { start, end, type } of post.names) {
    let isInside = false
    for (let i = 0; i < units.count; i++) {
      if (units.starts[i]! >= end || units.ends[i]! <= start) continue
      tags[i] = 1 + 2 * type + Number(isInside)
      isInside = true
    }
  }
  return tags
}

const units = new NameUnits()

/** The units of a text; true until the next call. */
export const unitsOf = (text: string): NameUnits => units.read(text, tokens.read(text))

/** Names that we wrote down ourselves, as signs of the kind of name and no more. */
const NAME_LISTS = ['given', 'family', 'places', 'organisations'] as const

/** Words with their four classes, most frequent first, hashtags last; the words themselves stay here. */
export function* wordClassEntries(data: string): Iterable<{ wordHash: number; classes: number; lists: number }> {
  const rows = readList(data, 'entities-lexicons/own-word-clusters.tsv')
  const isTag = ([word = '']: string[]) => word.startsWith('#') && word.length > 1
  for (const row of [...rows.filter((row) => !isTag(row)), ...rows.filter(isTag)]) {
    const [k32, k128, k512, k1500] = row.slice(1).map(Number) as [number, number, number, number]
    const word = row[0] === '<url>' ? 'http://' : isTag(row) ? row[0]!.slice(1) : row[0]!
    yield { wordHash: hashWord(word), classes: k32 | (k128 << 5) | (k512 << 12) | (k1500 << 21), lists: 0 }
  }
  for (const [bit, list] of NAME_LISTS.entries()) {
    for (const name of readFileSync(new URL(`name-lists/${list}.txt`, import.meta.url), 'utf8').split(/\s+/)) {
      if (name !== '') yield { wordHash: hashWord(name), classes: NO_CLASSES, lists: 1 << bit }
    }
  }
}
