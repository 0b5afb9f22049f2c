import type { Client, estypes } from '@elastic/elasticsearch'
import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'
import { authorMapping } from './author-store.ts'
import { checkAlias } from './check-alias.ts'
import { FACT_FIELDS, mentionAnalysis, mentionMapping, SHOWN } from './mention-fields.ts'
import type { IndexNames } from './names.ts'
import { asked, errorType } from './server-error.ts'

export interface IndexLayout {
  /** Primary shards of the mentions; fixed once the index is made. */
  readonly primaries: number
  readonly replicas: number
}

const WHAT = 'preparing the index'

/** Makes the template, the index behind its filtered alias and the author rows where they are missing, and checks what is there. */
export async function prepareIndex(client: Client, names: IndexNames, layout: IndexLayout): Promise<void> {
  const aliases = { [names.shown]: { filter: SHOWN } }
  await asked(
    WHAT,
    client.indices.putIndexTemplate({
      name: names.template,
      index_patterns: [`${names.template}-v*`],
      // Above the templates that servers bring along.
      priority: 500,
      template: {
        settings: {
          number_of_shards: layout.primaries,
          number_of_replicas: layout.replicas,
          // Our searches refresh by themselves; this is for Kibana.
          refresh_interval: '5s',
          analysis: mentionAnalysis,
        },
        mappings: mentionMapping,
        aliases,
      },
    }),
  )
  await createIndex(client, { index: names.mentions })
  await createIndex(client, {
    index: names.authors,
    settings: { number_of_shards: 1, number_of_replicas: layout.replicas },
    mappings: authorMapping,
  })
  await checkMapping(client, names.mentions, mentionMapping)
  await checkMapping(client, names.authors, authorMapping)
  // An index of an earlier setup may lack the alias, its filter, or the freedom from a routing.
  await asked(WHAT, client.indices.putAlias({ index: names.mentions, name: names.shown, filter: SHOWN }))
  await checkAlias(client, names)
}

/** Also when another process does the same at the same moment. */
export async function createIndex(client: Client, request: estypes.IndicesCreateRequest): Promise<void> {
  if (await asked(WHAT, client.indices.exists({ index: request.index }))) return
  try {
    await client.indices.create({ wait_for_active_shards: 1, ...request })
  } catch (error) {
    if (errorType((error as { body?: unknown }).body) === 'resource_already_exists_exception') return
    await asked(WHAT, Promise.reject(error))
  }
}

/** What makes a field another one; the rest may be as it likes, and servers leave out what they would do anyway. */
const TELLING = ['analyzer', 'search_analyzer', 'index', 'doc_values', 'enabled'] as const

/** New fields are added; what is of another kind can only be made anew. */
async function checkMapping(client: Client, index: string, wanted: estypes.MappingTypeMapping): Promise<void> {
  const found = await asked(WHAT, client.indices.getMapping({ index }))
  const mapping = found[index]!.mappings
  const problems = problemsOf(mapping.properties ?? {}, wanted.properties ?? {})
  if (mapping.dynamic !== 'strict') problems.push('it is not strict')
  if (problems.length > 0) {
    const message =
      `${WHAT}: ${index} has another mapping than this version writes (${problems.join(', ')}); ` +
      'delete it and replay the archive, or choose another namespace'
    throw new PipelineError(ErrorClass.Config, 'INDEX_MAPPING_WRONG', message)
  }
  const missing = Object.entries(wanted.properties ?? {}).filter(([name]) => mapping.properties?.[name] === undefined)
  if (missing.length === 0) return
  // Queries would find only what is written from now on, and nobody would notice.
  const asksForThem = missing.map(([name]) => name).filter((name) => FACT_FIELDS.some((field) => field === name))
  if (asksForThem.length > 0 && (await holdsContent(client, index))) {
    const message =
      `${WHAT}: the mentions of ${index} were written by an earlier version, without ${asksForThem.join(', ')}; ` +
      'delete it and replay the archive, or choose another namespace'
    throw new PipelineError(ErrorClass.Config, 'INDEX_OLDER', message)
  }
  await asked(WHAT, client.indices.putMapping({ index, properties: Object.fromEntries(missing) }))
}

type Properties = Readonly<Record<string, estypes.MappingProperty>>

function problemsOf(there: Properties, wanted: Properties): string[] {
  return Object.entries(wanted).flatMap(([name, property]) => {
    const found = there[name]
    if (found === undefined) return []
    const type = found.type ?? 'object'
    if (type !== property.type) return [`${name} is ${type}`]
    const [is, be] = [found, property].map((field) => field as Readonly<Record<string, unknown>>)
    const other = TELLING.filter((setting) => be![setting] !== undefined && is![setting] !== be![setting])
    return other.map((setting) => `${name} has ${setting} ${is![setting]}`)
  })
}

async function holdsContent(client: Client, index: string): Promise<boolean> {
  const search = client.search({
    index,
    size: 0,
    terminate_after: 1,
    query: { exists: { field: 'platform' } },
  })
  return ((await asked(WHAT, search)).hits.total as estypes.SearchTotalHits).value > 0
}
