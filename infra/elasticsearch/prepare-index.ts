import type { Client, estypes } from '@elastic/elasticsearch'
import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'
import { authorMapping } from './author-store.ts'
import { mentionAnalysis, mentionFields, mentionMapping, SHOWN } from './mention-fields.ts'
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
  await checkMapping(client, names)
  // An index of an earlier setup may lack the alias, or its filter.
  await asked(WHAT, client.indices.putAlias({ index: names.mentions, name: names.shown, filter: SHOWN }))
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

/** New fields are added; what has another type can only be made anew. */
async function checkMapping(client: Client, names: IndexNames): Promise<void> {
  const found = await asked(WHAT, client.indices.getMapping({ index: names.mentions }))
  const mapping = found[names.mentions]!.mappings
  const there = mapping.properties ?? {}
  const wrong = Object.entries(mentionFields).filter(
    ([name, { type }]) => there[name] !== undefined && (there[name].type ?? 'object') !== type,
  )
  const isStrict = mapping.dynamic === 'strict'
  if (wrong.length > 0 || !isStrict) {
    const problems = [...wrong.map(([name]) => `${name} is ${there[name]?.type}`), ...(isStrict ? [] : ['not strict'])]
    const message =
      `${WHAT}: ${names.mentions} has another mapping than this version writes (${problems.join(', ')}); ` +
      'delete it and replay the archive, or choose another namespace'
    throw new PipelineError(ErrorClass.Config, 'INDEX_MAPPING_WRONG', message)
  }
  const missing = Object.entries(mentionFields).filter(([name]) => there[name] === undefined)
  if (missing.length === 0) return
  await asked(WHAT, client.indices.putMapping({ index: names.mentions, properties: Object.fromEntries(missing) }))
}
