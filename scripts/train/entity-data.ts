import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { NameUnits } from '#enrich/entities/name-units.ts'
import { PostTokens } from '#enrich/text/post-tokens.ts'
import { hashWord } from '#enrich/text/word-hash.ts'

/** Begin and inside of each type, after `O`; the tagger shows all but the last, which only keeps products and works apart. */
export const ENTITY_TYPES = ['person', 'place', 'organisation', 'none'] as const
export const TAGS = 1 + 2 * ENTITY_TYPES.length

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

/** The posts of `entities-wnut17` or `entities-btc`. With `joinHandles` a handle cut in two (`@ name`) becomes one word, as people write it. */
export function readEntityPosts(
  folder: string,
  set: string,
  part: 'train' | 'val',
  joinHandles: boolean,
): readonly EntityPost[] {
  const lines = readFileSync(join(folder, set, `${part}.tsv`), 'utf8').split('\n')
  return lines
    .slice(1)
    .filter((line) => line !== '')
    .map((line) => {
      const [labels, words] = line.split('\t').map((cell) => cell.split(' ')) as [string[], string[]]
      return entityPost(words, labels, joinHandles)
    })
}

function entityPost(words: readonly string[], labels: readonly string[], joinHandles: boolean): EntityPost {
  const tokens: { start: number; end: number }[] = []
  const names: { start: number; end: number; type: number }[] = []
  const handles = new Set<number>()
  let text = ''
  let open = ''
  for (const [i, word] of words.entries()) {
    const isHandle = word.startsWith('@') || words[i - 1] === '@'
    if (text !== '' && !(joinHandles && words[i - 1] === '@')) text += ' '
    const place = { start: text.length, end: text.length + word.length }
    text += word
    if (isHandle) handles.add(tokens.length)
    tokens.push(place)
    const label = isHandle ? 'O' : (labels[i] as string)
    const type = TYPE_OF[label.slice(2)]
    if (type !== undefined) {
      const last = names.at(-1)
      if (label.startsWith('I-') && open === label.slice(2) && last !== undefined) last.end = place.end
      else names.push({ ...place, type })
    }
    open = label === 'O' ? '' : label.slice(2)
  }
  return { text, tokens, names, handles }
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

/** Words with their four classes, most frequent first, hashtags last; the words themselves stay here. */
export function* wordClassEntries(folder: string): Iterable<{ wordHash: number; classes: number; lists: number }> {
  const rows = readFileSync(join(folder, 'entities-lexicons', 'own-word-clusters.tsv'), 'utf8')
    .split('\n')
    .slice(1)
    .filter((line) => line !== '')
    .map((line) => line.split('\t') as [string, string, string, string, string])
  const isTag = (word: string) => word.startsWith('#') && word.length > 1
  for (const [word, k32, k128, k512, k1500] of [
    ...rows.filter(([word]) => !isTag(word)),
    ...rows.filter(([word]) => isTag(word)),
  ]) {
    const plain = word === '<url>' ? 'http://' : isTag(word) ? word.slice(1) : word
    yield {
      wordHash: hashWord(plain),
      classes: Number(k32) | (Number(k128) << 5) | (Number(k512) << 12) | (Number(k1500) << 21),
      lists: 0,
    }
  }
}
