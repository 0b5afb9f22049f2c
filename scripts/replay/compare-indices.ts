import type { Hit, SearchIndex } from '#infra/contracts/search-index.ts'
import type { FoldedDeletes } from '#infra/runtime/archive-deletes.ts'
import type { ReplayKey } from './replay-selection.ts'
import type { ScoreDiff } from './score-diff.ts'

/** Hits in memory at a time. */
const PAGE = 2_000
/** A mention's own time may be ahead of when it was observed, by so much at most. */
const AHEAD_MS = 3_600_000

/** What became of every mention: found = compared + edited + deleted + onlyNew. */
export interface Tallied {
  /** Mentions that the new index shows. */
  readonly found: number
  readonly compared: number
  /** The live index holds another state of it: it was edited before or after what was replayed. */
  readonly edited: number
  /** Deleted at the source since, so that the live index has it no more. */
  readonly deleted: number
  /** Not shown by the live index for another reason: hidden since, or never indexed there. */
  readonly onlyNew: number
  /** Of what was asked for, shown by the live index alone: not archived, or left out by the selection of today. */
  readonly onlyOld: number
}

export interface CompareOptions {
  readonly live: SearchIndex
  readonly beside: SearchIndex
  readonly deleted: FoldedDeletes
  /** What was read into the index beside. */
  readonly replays: readonly ReplayKey[]
  readonly diff: ScoreDiff
  readonly signal: AbortSignal
}

/** Goes through both indices, a page at a time until the signal aborts, and gives `diff` every mention that both hold in the same state. */
export async function compareIndices({
  live,
  beside,
  deleted,
  replays,
  diff,
  signal,
}: CompareOptions): Promise<Tallied> {
  const tallied = { found: 0, compared: 0, edited: 0, deleted: 0, onlyNew: 0, onlyOld: 0 }
  for await (const hits of pages(beside, null, signal)) {
    for (const [hit, other] of await withOther(hits, live)) {
      tallied.found++
      if (other === null) {
        const { observedAt, mention } = hit.content
        tallied[deleted.covers({ id: hit.id, op: 'create', observedAt, mention }) ? 'deleted' : 'onlyNew']++
      } else if (other.content.rev !== hit.content.rev) tallied.edited++
      else {
        tallied.compared++
        diff.add(hit.id, other.content, hit.content)
      }
    }
  }
  const until = Math.max(...replays.map(({ to }) => to)) + AHEAD_MS
  for await (const hits of pages(live, until, signal)) {
    const asked = hits.filter((hit) => replays.some((replay) => isAskedFor(hit, replay)))
    for (const [, other] of await withOther(asked, beside)) if (other === null) tallied.onlyOld++
  }
  return tallied
}

async function* pages(index: SearchIndex, until: number | null, signal: AbortSignal): AsyncGenerator<readonly Hit[]> {
  const everything = { query: null, range: { since: null, until }, brands: [], sort: 'oldest', limit: PAGE } as const
  for (let after: string | null = null; ; ) {
    if (signal.aborted) return
    const page: Awaited<ReturnType<SearchIndex['search']>> = await index.search({ ...everything, after })
    yield page.hits
    if (page.next === null) return
    after = page.next
  }
}

/** Each with what the other index shows of it. */
async function withOther(hits: readonly Hit[], other: SearchIndex): Promise<(readonly [Hit, Hit | null])[]> {
  const found = await other.get(hits.map(({ id }) => id))
  return hits.map((hit, i) => [hit, found[i] ?? null])
}

const isAskedFor = ({ content }: Hit, { from, to, brand, sources }: ReplayKey): boolean =>
  content.observedAt >= from &&
  content.observedAt < to &&
  (brand === null || content.annotations.brands.includes(brand)) &&
  (sources.length === 0 || sources.includes(content.source.connector))
