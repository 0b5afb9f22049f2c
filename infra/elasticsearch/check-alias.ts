import type { Client, estypes } from '@elastic/elasticsearch'
import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'
import type { IndexNames } from './names.ts'
import { asked, statusOf } from './server-error.ts'

/** True when the alias leads to our index alone, false when there is none. A config error when it leads anywhere else. */
export async function checkAlias(client: Client, { shown, mentions }: IndexNames): Promise<boolean> {
  const found = await asked(
    'checking the alias',
    client.indices.getAlias({ name: shown }).catch((error: unknown): estypes.IndicesGetAliasResponse => {
      if (statusOf(error) === 404) return {}
      throw error
    }),
  )
  const others = Object.keys(found).filter((index) => index !== mentions)
  if (others.length > 0) {
    const message = `the alias ${shown} also leads to ${others.join(', ')}; take it away there, or choose another namespace`
    throw new PipelineError(ErrorClass.Config, 'ALIAS_WRONG', message)
  }
  const { index_routing: written, search_routing: read } = found[mentions]?.aliases[shown] ?? {}
  if (written !== undefined || read !== undefined) {
    const message = `the alias ${shown} has a routing, so mentions would be looked for where they are not; run \`earshot setup\``
    throw new PipelineError(ErrorClass.Config, 'ALIAS_WRONG', message)
  }
  return Object.keys(found).length > 0
}
