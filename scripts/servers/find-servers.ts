import { processEnvironment } from '#infra/config/environment.ts'
import { type RealServer, ServerName } from './real-server.ts'
import { setUpLocalServer, startLocalServer } from './start-local-server.ts'

/** The environment variable that holds the address of each server. */
export const addressVariables = {
  kafka: 'EARSHOT_KAFKA',
  elasticsearch: 'EARSHOT_ELASTICSEARCH',
  s3: 'EARSHOT_S3',
} as const satisfies Readonly<Record<ServerName, string>>

/** All three servers, each from the first that has it: an address in the environment, Docker, the scripts of this folder. */
export async function findServers(say: (line: string) => void): Promise<readonly RealServer[]> {
  const environment = processEnvironment()
  await using found = new AsyncDisposableStack()
  let docker: boolean | null = null
  const servers: RealServer[] = []
  for (const name of Object.values(ServerName)) {
    const address = environment[addressVariables[name]]
    if (address) {
      servers.push(await given(name, address))
    } else {
      docker ??= await dockerEngine()
      servers.push(found.use(docker ? await inDocker(name) : await onThisMachine(name, say)))
    }
    say(`${name}: ${servers.at(-1)?.version}`)
  }
  found.move() // the caller's from here
  return servers
}

// Testcontainers is heavy, and asked only when some address is missing.
const dockerEngine = async () => (await import('./start-docker-server.ts')).hasDocker()
const inDocker = async (name: ServerName) => (await import('./start-docker-server.ts')).startDockerServer(name)

async function onThisMachine(name: ServerName, say: (line: string) => void): Promise<RealServer> {
  await setUpLocalServer(name, say)
  return startLocalServer(name)
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
  return { name, address, version: `${version} (given)`, [Symbol.asyncDispose]: async () => {} }
}
