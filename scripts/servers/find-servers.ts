import { processEnvironment } from '#infra/config/environment.ts'
import { type RealServer, ServerName, type WantedServer } from './real-server.ts'
import { setUpLocalServer, startLocalServer } from './start-local-server.ts'

/** The environment variable that holds the address of each server. */
export const addressVariables = {
  kafka: 'EARSHOT_KAFKA',
  elasticsearch: 'EARSHOT_ELASTICSEARCH',
  s3: 'EARSHOT_S3',
  registry: 'EARSHOT_REGISTRY',
} as const satisfies Readonly<Record<ServerName, string>>

/** Every server that something of ours speaks to, Elasticsearch also in the oldest version that will do. */
const ALL: readonly WantedServer[] = [
  ...Object.values(ServerName).map((name) => ({ name })),
  { name: ServerName.Elasticsearch, version: '8.19.13' },
]

/**
 * Each from the first that has it: an address in the environment (or several, with commas between them, in place of all
 * versions), Docker, the scripts of this folder. Those start together, and read `settings`.
 */
export async function findServers(
  say: (line: string) => void,
  wanted: readonly WantedServer[] = ALL,
  settings: Readonly<Record<string, string>> = {},
): Promise<readonly RealServer[]> {
  const environment = processEnvironment()
  const addressesOf = (name: ServerName) => environment[addressVariables[name]]?.split(',').filter(Boolean) ?? []
  const missing = wanted.filter(({ name }) => addressesOf(name).length === 0)
  // Testcontainers is heavy, and asked only when some address is missing.
  const docker = missing.length > 0 && (await import('./start-docker-server.ts'))
  const inDocker = docker && (await docker.hasDocker()) ? docker.startDockerServer : null
  const startHere = (server: WantedServer): Promise<RealServer> =>
    startLocalServer(server.name, { environment: { ...settings, ...versionOf(server) } })
  // One after the other: they share Maven's folder.
  if (inDocker === null) for (const server of missing) await setUpLocalServer(server.name, say, versionOf(server))
  const standing = [...new Set(wanted.map(({ name }) => name))].flatMap((name) =>
    addressesOf(name).map((address) => given(name, address)),
  )
  const starting = [...standing, ...missing.map(inDocker ?? startHere)].map(async (finding) => {
    const server = await finding
    say(`${server.name}: ${server.version}`)
    return server
  })
  const ends = await Promise.allSettled(starting)
  const failed = ends.find((end) => end.status === 'rejected')
  if (failed === undefined) return Promise.all(starting)
  await Promise.all(ends.map((end) => end.status === 'fulfilled' && end.value[Symbol.asyncDispose]()))
  throw failed.reason
}

/** As the script of Elasticsearch, the only one with a choice, reads it. */
const versionOf = ({ version }: WantedServer) => (version === undefined ? {} : { ES_VERSION: version })

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
