import { randomBytes } from 'node:crypto'
import { afterAll } from 'vitest'
import { connect, type ElasticsearchConnection } from '#infra/elasticsearch/connect.ts'

/** A namespace that nobody has used. What was made in it goes away after the tests of this file. */
export function freshNamespace(connection: ElasticsearchConnection): string {
  const namespace = `test-${randomBytes(6).toString('hex')}`
  used.push({ connection, namespace })
  return namespace
}

const used: { readonly connection: ElasticsearchConnection; readonly namespace: string }[] = []
afterAll(async () => {
  for (const { connection, namespace } of used.splice(0)) {
    const client = connect(connection)
    const indices = Object.keys(await client.indices.get({ index: `${namespace}-*`, expand_wildcards: 'all' }))
    if (indices.length > 0) await client.indices.delete({ index: indices })
    await client.indices.deleteIndexTemplate({ name: `${namespace}-*` }, { ignore: [404] })
    await client.close()
  }
})
