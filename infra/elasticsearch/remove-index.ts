import { connect, type ElasticsearchConnection } from './connect.ts'
import { indexNames } from './names.ts'
import { asked } from './server-error.ts'

/** Takes away everything that `prepare` has made for this namespace, with all that it holds; also when there is nothing. */
export async function removeElasticsearchIndex(connection: ElasticsearchConnection, namespace: string): Promise<void> {
  const { mentions, authors, template } = indexNames(namespace)
  const client = connect(connection)
  try {
    const what = 'removing an index'
    await asked(what, client.indices.delete({ index: [mentions, authors], ignore_unavailable: true }))
    await asked(what, client.indices.deleteIndexTemplate({ name: template }, { ignore: [404] }))
  } finally {
    await client.close()
  }
}
