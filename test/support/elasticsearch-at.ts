import type { ElasticsearchConnection } from '#infra/elasticsearch/connect.ts'

/** The server at `http://name:password@host:port`. */
export function connectionAt(address: string): ElasticsearchConnection {
  const { username, password, origin } = new URL(address)
  const auth =
    username === '' ? {} : { auth: { username: decodeURIComponent(username), password: decodeURIComponent(password) } }
  return { nodes: [origin], ...auth }
}
