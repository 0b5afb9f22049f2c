import { Random } from '#scripts/random.ts'

/** What must stand in the end: text by mention id; ids that must be gone; lines by id whose bytes the archive must hold. */
export interface Obligations {
  readonly standing: ReadonlyMap<string, string>
  readonly gone: ReadonlySet<string>
  readonly lines: ReadonlyMap<string, readonly string[]>
}

const AUTHORS = 400
const START = Date.UTC(2026, 0, 5)

/**
 * An NDJSON import of `mentions` posts with edits, deletions, hidden and restored posts, accounts that leave, and deletions of
 * posts that were never there; with what must be found when all of it was handled exactly once in its last state. With `padding` each line is so many bytes longer, by a key that no
 * mention takes anything from.
 */
export function operationsCorpus(
  seed: number,
  mentions: number,
  padding = 0,
): { readonly text: string; readonly obligations: Obligations } {
  const random = new Random(seed)
  const lines: string[] = []
  const byId = new Map<string, string[]>()
  const standing = new Map<string, string>()
  const hidden = new Map<string, string>()
  const gone = new Set<string>()
  const authorOf = new Map<string, string>()
  let time = START
  const more = padding > 0 ? { raw: 'x'.repeat(padding) } : {}
  const write = (id: string, fields: Record<string, unknown>) => {
    time += 1 + random.below(30_000)
    const stamp = new Date(time).toISOString()
    const line = JSON.stringify({ id, ...fields, observedAt: stamp, ...more })
    lines.push(line)
    if (fields.text !== undefined) byId.set(`file:${id}`, [...(byId.get(`file:${id}`) ?? []), line])
  }
  const someId = (): string | undefined => {
    const ids = [...standing.keys()]
    return ids.length === 0 ? undefined : ids[Math.max(0, ids.length - 1 - random.below(500))]
  }
  for (let i = 0; i < mentions; i++) {
    const native = `m${i}`
    const id = `file:${native}`
    const author = `a${random.below(AUTHORS)}`
    const text = `acme mention ${i}: ${random.pick(['really good', 'so late again', 'what a mess', 'as usual', 'never again'])} ${random.below(1e6)}`
    write(native, {
      op: 'create',
      text,
      publishedAt: new Date(time).toISOString(),
      author: { id: author, handle: author },
      lang: 'en',
    })
    standing.set(id, text)
    authorOf.set(id, author)
    const dice = random.next()
    const other = someId()
    if (other === undefined) continue
    const name = other.slice('file:'.length)
    if (dice < 0.12) {
      const edited = `acme edited ${random.below(1e6)} of ${name}`
      write(name, {
        op: 'update',
        text: edited,
        publishedAt: new Date(time).toISOString(),
        author: { id: authorOf.get(other) },
        lang: 'en',
      })
      standing.set(other, edited)
    } else if (dice < 0.2) {
      write(name, { op: 'delete' })
      standing.delete(other)
      gone.add(other)
    } else if (dice < 0.23) {
      write(name, { op: 'hide' })
      hidden.set(other, standing.get(other) as string)
      standing.delete(other)
    } else if (dice < 0.25 && hidden.size > 0) {
      const [back, content] = [...hidden][random.below(hidden.size)] as [string, string]
      write(back.slice('file:'.length), { op: 'restore' })
      standing.set(back, content)
      hidden.delete(back)
    } else if (dice < 0.26) {
      write(`never${i}`, { op: 'delete' })
      gone.add(`file:never${i}`)
    } else if (dice < 0.262) {
      time += 1_000
      lines.push(
        JSON.stringify({ op: 'author.delete', author: { id: author }, observedAt: new Date(time).toISOString() }),
      )
      for (const [mention, by] of authorOf) {
        if (by !== author) continue
        if (standing.delete(mention) || hidden.delete(mention)) gone.add(mention)
      }
    }
  }
  // What is still hidden at the end must not be found either.
  for (const id of hidden.keys()) gone.add(id)
  return { text: `${lines.join('\n')}\n`, obligations: { standing, gone, lines: byId } }
}
