export interface FeedSlice {
  /** The element as it stands in the document. */
  readonly raw: string
  /** Its end tag was found before the next item began. */
  readonly closed: boolean
}

export interface SplitFeed {
  readonly root: 'rss' | 'rdf' | 'feed'
  /** The document without its items and DOCTYPE, in two halves: an item put between them is a feed of one item. */
  readonly head: string
  readonly tail: string
  readonly items: readonly FeedSlice[]
  /** `at:deleted-entry` elements (RFC 6721). */
  readonly deleted: readonly string[]
}

interface Tag {
  readonly start: number
  readonly end: number
  /** Lower case, with its prefix. */
  readonly name: string
  readonly kind: 'open' | 'close' | 'empty'
}

/**
 * Cuts a feed into the text of its items without parsing them, so that one broken item spoils no other and each mention
 * can keep its own bytes. null when the document's root is none of RSS, RDF and Atom.
 * One pass; a DOCTYPE is dropped, so that no entity but HTML's own exists afterwards.
 */
export function splitFeed(document: string): SplitFeed | null {
  const text = withoutDoctype(document)
  const items: FeedSlice[] = []
  const deleted: string[] = []
  const shell: string[] = []
  let root: SplitFeed['root'] | null = null
  let shellHead: number | null = null // parts of the shell before the first item
  let copied = 0
  let open: { readonly tag: Tag; readonly kind: 'item' | 'deleted' } | null = null

  const cut = (from: number, to: number, closed: boolean, kind: 'item' | 'deleted'): void => {
    shell.push(text.slice(copied, from))
    shellHead ??= shell.length
    copied = to
    if (kind === 'item') items.push({ raw: text.slice(from, to), closed })
    else deleted.push(text.slice(from, to))
  }

  for (const tag of tagsOf(text)) {
    if (root === null) {
      if (tag.kind === 'close') continue
      root = rootOf(tag.name)
      if (root === null) return null
      continue
    }
    if (open !== null) {
      const same = tag.name === open.tag.name
      if (same && tag.kind === 'close') {
        cut(open.tag.start, tag.end, true, open.kind)
        open = null
        continue
      }
      // Items do not nest: a second start tag says that the first one's end is missing; so does the end of the feed.
      const over = (same && tag.kind === 'open') || (tag.kind === 'close' && isContainer(tag.name))
      if (!over) continue
      cut(open.tag.start, tag.start, false, open.kind)
      open = null
    }
    const kind = itemKind(tag.name, root)
    if (kind === null || tag.kind === 'close') continue
    if (tag.kind === 'empty') cut(tag.start, tag.end, true, kind)
    else open = { tag, kind }
  }
  if (root === null) return null
  if (open !== null) cut(open.tag.start, text.length, false, open.kind)
  shell.push(text.slice(copied))
  const half = shellHead ?? shell.length
  return { root, head: shell.slice(0, half).join(''), tail: shell.slice(half).join(''), items, deleted }
}

const localName = (name: string): string => name.slice(name.indexOf(':') + 1)

function rootOf(name: string): SplitFeed['root'] | null {
  const local = localName(name)
  return local === 'rss' || local === 'rdf' || local === 'feed' ? local : null
}

const isContainer = (name: string): boolean => localName(name) === 'channel' || rootOf(name) !== null

function itemKind(name: string, root: SplitFeed['root']): 'item' | 'deleted' | null {
  const local = localName(name)
  if (local === 'deleted-entry') return 'deleted'
  // `media:item` and its like belong to other vocabularies; feeds whose own namespace has a prefix use these.
  const own = name === local || /^(rss|rdf|atom\w*|feed|a|ns\d*)$/.test(name.slice(0, -local.length - 1))
  return own && local === (root === 'feed' ? 'entry' : 'item') ? 'item' : null
}

/** Start and end tags outside of comments, CDATA and processing instructions. */
function* tagsOf(text: string): Generator<Tag> {
  // A section that does not end is read as text; one failed search says so for the rest of the document.
  const endless = new Set<string>()
  const behindSection = (at: number): number | null => {
    const section = SECTIONS.find(([opening]) => text.startsWith(opening, at))
    if (section === undefined) return null
    const [opening, closing] = section
    const end = endless.has(closing) ? -1 : text.indexOf(closing, at + opening.length)
    if (end !== -1) return end + closing.length
    endless.add(closing)
    return at + opening.length
  }

  let at = text.indexOf('<')
  while (at !== -1) {
    const behind = behindSection(at)
    const closing = text[at + 1] === '/'
    const name = behind === null ? nameAt(text, at + (closing ? 2 : 1)) : ''
    if (name === '') {
      at = text.indexOf('<', behind ?? at + 1) // a section or a bare bracket
      continue
    }
    const end = tagEnd(text, at + 1)
    yield {
      start: at,
      end,
      name: name.toLowerCase(),
      kind: closing ? 'close' : text[end - 2] === '/' ? 'empty' : 'open',
    }
    at = text.indexOf('<', end)
  }
}

const SECTIONS = [
  ['<![CDATA[', ']]>'],
  ['<!--', '-->'],
  ['<?', '?>'],
] as const

function nameAt(text: string, start: number): string {
  NAME.lastIndex = start
  return NAME.exec(text)?.[0] ?? ''
}
const NAME = /[\p{L}_][\p{L}\p{N}_.:-]{0,99}/uy

/** Behind the `>` that ends a tag; one inside of quotes does not, unless a `<` says that the quote was never closed. */
function tagEnd(text: string, from: number): number {
  let quote = ''
  for (let at = from; at < text.length; at++) {
    const character = text[at]!
    if (character === '<') return at
    if (quote !== '') {
      if (character === quote) quote = ''
    } else if (character === '>') return at + 1
    else if (character === '"' || character === "'") quote = character
  }
  return text.length
}

/** Without the document type, its internal subset included. Only what stands before the root element is looked at. */
function withoutDoctype(text: string): string {
  let at = text.indexOf('<')
  while (text.startsWith('<!--', at) || text.startsWith('<?', at)) {
    const end = text.startsWith('<?', at) ? text.indexOf('?>', at) : text.indexOf('-->', at)
    if (end === -1) return text
    at = text.indexOf('<', end)
  }
  DOCTYPE.lastIndex = at
  const doctype = at === -1 ? null : DOCTYPE.exec(text)
  return doctype === null ? text : text.slice(0, at) + text.slice(at + doctype[0].length)
}
const DOCTYPE = /<!doctype[^[>]*(?:\[[\s\S]*?\]\s*)?>/iy
