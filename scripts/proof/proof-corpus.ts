import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import type { AuthorEvent, Mention, MentionEvent } from '#schemas/generated.ts'
import { lifelikeEvent } from '../bench/lifelike-events.ts'
import { demoBrands } from '../demo/demo-brands.ts'
import { demoCorpus } from '../demo/demo-corpus.ts'
import { Random } from '../random.ts'

/** The three brands of the demo, and two words of the lifelike posts. */
export const PROOF_BRANDS = [
  ...demoBrands.map(({ id, name, query, products, people, places, words, notWords, handles, domains, rivals }) => ({
    ...{ id, name, query, products, people, places, words, notWords, handles, domains, rivals },
  })),
  { id: 'acme', name: 'Acme', query: 'acme NOT zephyr' },
  { id: 'quasar', name: 'Quasar', query: 'quasar OR =Obelisk' },
]

/** The last moment of the corpus; it covers the thirty days before. */
export const PROOF_UNTIL = Date.UTC(2026, 0, 31)

const MINUTE_MS = 60_000
/** One telling of the demo, with the posts in between. */
const TELLING = 45_000
/** Ids that later operations of the corpus name are among so many of the last ones. */
const RECENT = 400
/** How often each follows a mention of the demo. */
const SHARES = { other: 0.35, hide: 0.02, restore: 0.012, again: 0.01, unknownDelete: 0.003, broken: 0.0005 } as const

type Line = Readonly<Record<string, unknown>>

/**
 * Writes a file for the file connector with `mentions` new mentions and what happens to them: talk of the demo's brands in five
 * languages and posts in many scripts with tags, handles and links; edits, hidden and restored posts, deletions, also of
 * posts that were never there, repeats, accounts that leave, and lines that nobody can read. The same number gives the same file.
 */
export async function writeProofCorpus(
  path: string,
  mentions: number,
  onProgress: (done: number) => void,
): Promise<number> {
  const file = createWriteStream(path)
  let created = 0
  let lines = 0
  for (const line of corpusLines(mentions)) {
    lines++
    if (typeof line !== 'string' && line.op === 'create') onProgress(++created)
    if (!file.write(`${typeof line === 'string' ? line : JSON.stringify(line)}\n`)) await once(file, 'drain')
  }
  file.end()
  await once(file, 'finish')
  return lines
}

/** A text stands for a line that is broken. */
function* corpusLines(mentions: number): Generator<Line | string> {
  const random = new Random(20_260_131)
  // A small corpus is the whole month as well, with fewer posts.
  const share = Math.min(1, mentions / TELLING)
  let created = 0
  for (let seed = 1; ; seed++) {
    const recent: { readonly id: string; readonly at: number; readonly line: Line }[] = []
    const hidden: { readonly id: string; readonly at: number }[] = []
    const left = new Set<string>()
    for (const { kind, event } of demoCorpus(seed, PROOF_UNTIL)) {
      if (kind === 'mention' && event.op === 'create' && !random.chance(share)) left.add(event.id)
      if (kind === 'mention' && left.has(event.id)) continue
      const line = kind === 'author' ? authorLine(event, seed) : mentionLine(event, seed)
      yield line
      if (line.op !== 'create') continue
      if (++created === mentions) return
      recent.push({ id: line.id as string, at: event.observedAt, line })
      if (recent.length > RECENT) recent.shift()
      if (random.chance(SHARES.other)) {
        const post = lifelikeEvent(seed, created, mentions)
        yield { op: 'create', id: post.id, observedAt: iso(post.observedAt), ...content(post.mention as Mention, '') }
        if (++created === mentions) return
      }
      const some = random.pick(recent)
      if (random.chance(SHARES.hide)) {
        const at = some.at + MINUTE_MS
        hidden.push({ id: some.id, at })
        yield { op: 'hide', id: some.id, observedAt: iso(at), reason: 'hidden by a moderator' }
      }
      if (random.chance(SHARES.restore) && hidden.length > 0) {
        const { id, at } = hidden.splice(random.below(hidden.length), 1)[0] as { id: string; at: number }
        yield { op: 'restore', id, observedAt: iso(at + MINUTE_MS) }
      }
      if (random.chance(SHARES.again)) yield { ...some.line, op: 'update' }
      if (random.chance(SHARES.unknownDelete))
        yield { op: 'delete', id: `forum:unknown-${created}`, observedAt: iso(event.observedAt) }
      if (random.chance(SHARES.broken)) yield random.pick(['{"id": "cut sho', '{"op":"create","id":"forum:empty"}'])
    }
  }
}

const iso = (time: number): string => new Date(time).toISOString()

/** Each telling of the demo has ids of its own. */
const retold = (id: string, seed: number): string => id.replace(':', `:${seed}-`)

function mentionLine({ id, op, observedAt, mention, reason }: MentionEvent, seed: number): Line {
  const operation = { op, id: retold(id, seed), observedAt: iso(observedAt), ...(reason && { reason }) }
  return mention === null ? operation : { ...operation, ...content(mention, `${seed}-`) }
}

const authorLine = ({ op, platform, authorId, observedAt, reason }: AuthorEvent, seed: number): Line => ({
  ...{ op: `author.${op}`, platform, observedAt: iso(observedAt), reason },
  author: { id: `${seed}-${authorId}` },
})

function content(mention: Mention, prefix: string): Line {
  const { platform, kind, title, text, url, publishedAt, author, lang, links, hashtags, rating } = mention
  return {
    ...{ platform, kind, title, text, url, rating, hashtags, lang: lang.declared ?? undefined },
    publishedAt: iso(publishedAt),
    ...(author && {
      author: { ...author, id: `${prefix}${author.id}`, createdAt: author.createdAt && iso(author.createdAt) },
    }),
    links: links.map(({ url: address }) => address),
  }
}
