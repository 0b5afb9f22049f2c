import type { Client, estypes } from '@elastic/elasticsearch'
import type { Clock } from '#infra/contracts/clock.ts'
import type {
  AggregateRequest,
  Aggregates,
  Hit,
  IndexOperation,
  SearchIndex,
  SearchPage,
  SearchRequest,
  WriteOutcome,
} from '#infra/contracts/search-index.ts'
import { AuthorStore } from './author-store.ts'
import { connect, type ElasticsearchConnection } from './connect.ts'
import { MentionReader } from './mention-reader.ts'
import { MentionWriter } from './mention-writer.ts'
import { type IndexNames, indexNames } from './names.ts'
import { type IndexLayout, prepareIndex } from './prepare-index.ts'
import { asked } from './server-error.ts'
import { sharedRun } from './shared-run.ts'

export interface ElasticsearchSearchIndexOptions {
  readonly connection: ElasticsearchConnection
  readonly namespace: string
  readonly clock: Clock
  readonly layout?: IndexLayout
}

/** Documents that one request removes, so that each is over before it can time out. */
const PRUNED_PER_REQUEST = 10_000

/**
 * The index on Elasticsearch 8.19 or 9, for any number of writing and reading processes. `prepare` is for `earshot setup`;
 * whoever writes or searches before it gets a config error that says so.
 */
export function openElasticsearchSearchIndex(options: ElasticsearchSearchIndexOptions): SearchIndex {
  return new ElasticsearchSearchIndex(options)
}

class ElasticsearchSearchIndex implements SearchIndex {
  readonly #client: Client
  readonly #names: IndexNames
  readonly #layout: IndexLayout
  /** Makes everything written before visible to searches. */
  readonly #refresh: () => Promise<void>
  readonly #writer: MentionWriter
  readonly #reader: MentionReader

  constructor({
    connection,
    namespace,
    clock,
    layout = { primaries: 1, replicas: 1 },
  }: ElasticsearchSearchIndexOptions) {
    const client = connect(connection)
    const names = indexNames(namespace)
    const refresh = sharedRun(async () => {
      await asked('refreshing the index', client.indices.refresh({ index: names.mentions }))
    })
    this.#client = client
    this.#names = names
    this.#layout = layout
    this.#refresh = refresh
    const authors = new AuthorStore(client, names.authors)
    this.#writer = new MentionWriter({ client, names, clock, authors, refresh })
    this.#reader = new MentionReader(client, names)
  }

  prepare(): Promise<void> {
    return prepareIndex(this.#client, this.#names, this.#layout)
  }

  write(operations: readonly IndexOperation[]): Promise<readonly WriteOutcome[]> {
    return this.#writer.write(operations)
  }

  async search(request: SearchRequest): Promise<SearchPage> {
    await this.#refresh()
    return this.#reader.search(request)
  }

  async aggregate(request: AggregateRequest): Promise<Aggregates> {
    await this.#refresh()
    return this.#reader.aggregate(request)
  }

  get(ids: readonly string[]): Promise<readonly (Hit | null)[]> {
    return this.#reader.get(ids)
  }

  async prune(before: number, retainSince: number | null): Promise<number> {
    const should: estypes.QueryDslQueryContainer[] = [{ range: { unheldSince: { lt: before } } }]
    if (retainSince !== null) should.push({ range: { publishedAt: { lt: retainSince } } })
    let removed = 0
    for (;;) {
      await this.#refresh()
      const { deleted = 0, version_conflicts: conflicts = 0 } = await asked(
        'pruning mentions',
        this.#client.deleteByQuery({
          index: this.#names.mentions,
          query: { bool: { should, minimum_should_match: 1 } },
          max_docs: PRUNED_PER_REQUEST,
          // What changed meanwhile is looked at again.
          conflicts: 'proceed',
        }),
      )
      removed += deleted
      if (deleted + conflicts < PRUNED_PER_REQUEST && conflicts === 0) return removed
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client.close()
  }
}
