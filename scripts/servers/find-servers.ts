import { processEnvironment } from '#infra/config/environment.ts'
import { type RealServer, ServerName } from './real-server.ts'
import { setUpLocalServer, startLocalServer } from './start-local-server.ts'

/** The environment variable that holds the address of each server. */
export const addressVariables = {
  kafka: 'EARSHOT_KAFKA',
  elasticsearch: 'EARSHOT_ELASTICSEARCH',
  s3: 'EARSHOT_S3',
  registry: 'EARSHOT_REGISTRY',
} as const satisfies Readonly<Record<ServerName, string>>

/**
 * Each from the first that has it: an address in the environment, Docker, the scripts of this folder. Those start together, and
 * read `settings`.
 */
export async function findServers(
  say: (line: string) => void,
  names: readonly ServerName[] = Object.values(ServerName),
  settings: Readonly<Record<string, string>> = {},
): Promise<readonly RealServer[]> {
  const environment = processEnvironment()
  const addressOf = (name: ServerName) => environment[addressVariables[name]]
  const missing = names.filter((name) => !addressOf(name))
  // Testcontainers is heavy, and asked only when some address is missing.
  const docker = missing.length > 0 && (await import('./start-docker-server.ts'))
  const inDocker = docker && (await docker.hasDocker()) ? docker.startDockerServer : null
  const start = inDocker ?? ((name: ServerName) => startLocalServer(name, { environment: settings }))
  // One after the other: they share Maven's folder.
  if (inDocker === null) for (const name of missing) await setUpLocalServer(name, say)
  const starting = names.map(async (name) => {
    const address = addressOf(name)
    const server = await (address ? given(name, address) : start(name))
    say(`${name}: ${server.version}`)
    return server
  })
  const ends = await Promise.allSettled(starting)
  const failed = ends.find((end) => end.status === 'rejected')
  if (failed === undefined) return Promise.all(starting)
  await Promise.all(ends.map((end) => end.status === 'fulfilled' && end.value[Symbol.asyncDispose]()))
  throw failed.reason
}

/** A server that stands already says its version itself where it can. */
async function given(name: ServerName, address: string): Promise<RealServer> {
  let version = `${name} of unknown version`
  if (name === ServerName.Elasticsearch) {
    const { origin, username, password } = new URL(address)
    const basic = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64')
    const answer = await fetch(origin, username === '' ? {} : { headers: { authorization: `Basic ${basic}` } })
    const about = (await answer.json()) as { readonly version?: { readonly number?: string } }
    version = `Elasticsearch ${about.version?.number ?? `(it answered ${answer.status})`}`
  }
  if (name === ServerName.Registry) {
    const answer = await fetch(new URL('/apis/registry/v2/system/info', address))
    const about = answer.ok ? ((await answer.json()) as { readonly version?: string }) : null
    if (about?.version) version = `Apicurio ${about.version}`
  }
  return { name, address, version: `${version} (given)`, [Symbol.asyncDispose]: async () => {} }
}
