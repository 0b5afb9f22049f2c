import type { Client, estypes } from '@elastic/elasticsearch'
import type { SearchRequest } from '#infra/contracts/search-index.ts'
import type { PagePlace } from '#infra/runtime/page-place.ts'
import type { MentionDocument } from './mention-document.ts'
import type { MentionField } from './mention-fields.ts'
import { searchWhole } from './server-error.ts'

export interface ScanOptions {
  readonly index: string
  readonly query: estypes.QueryDslQueryContainer
  readonly sort: SearchRequest['sort']
  /** Only what comes behind it. */
  readonly after: PagePlace | null
  /** Mentions of one request. */
  readonly page: number
  readonly fields: readonly MentionField[]
}

export interface Scanned {
  readonly place: PagePlace
  readonly document: MentionDocument
}

/** Mentions in order of time, then id, page by page; what is written meanwhile neither doubles nor hides one. */
export async function* scanMentions(client: Client, options: ScanOptions): AsyncGenerator<readonly Scanned[]> {
  const { index, query, sort, page, fields } = options
  const order = sort === 'newest' ? 'desc' : 'asc'
  for (let after = options.after; ; ) {
    const { hits } = await searchWhole<MentionDocument>(client, 'searching mentions', {
      index,
      query,
      size: page,
      track_total_hits: false,
      sort: [{ publishedAt: order }, { id: order }],
      _source: [...fields],
      ...(after === null ? {} : { search_after: [...after] }),
    })
    const scanned = hits.hits.map(({ sort: place, _source }) => ({
      place: place as unknown as PagePlace,
      document: _source!,
    }))
    yield scanned
    if (scanned.length < page) return
    after = scanned.at(-1)!.place
  }
}
