import type { Place, QueryNode } from './query.ts'
import { QueryError } from './query-error.ts'

/** The node of `url:host`. Throws a QueryError for anything but a host. */
export function urlNode(host: string, place: Place): QueryNode {
  if (!/^[\p{L}\p{N}\p{M}_-]+(\.[\p{L}\p{N}\p{M}_-]+)*$/u.test(host))
    throw new QueryError(`expected the host of a URL without path, as in ${urlProposal(host)}`, place)
  return { type: 'url', form: host.normalize('NFKC').toLowerCase(), place }
}

/** How to find links to the site of this URL. */
export const urlProposal = (text: string): string =>
  `url:${/^(?:https?:\/\/)?(?:www\.)?([\p{L}\p{N}.-]*[\p{L}\p{N}])/iu.exec(text)?.[1] ?? 'example.com'}`
