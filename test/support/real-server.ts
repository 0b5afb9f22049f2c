import { describe, it } from 'vitest'

/** Where the address of each server stands. `npm run test:servers` finds or starts the servers and sets them. */
export const serverVariables = {
  /** Brokers: `127.0.0.1:9092`. */
  kafka: 'EARSHOT_KAFKA',
  /** `http://127.0.0.1:9200`, with `name:password@` before the host where the server wants them; of several the first. */
  elasticsearch: 'EARSHOT_ELASTICSEARCH',
  /** `http://accesskey:secret@127.0.0.1:9000`; path style. Suites make their own buckets. */
  s3: 'EARSHOT_S3',
  /** `http://127.0.0.1:8080/apis/ccompat/v7`: where `/subjects` is. */
  registry: 'EARSHOT_REGISTRY',
} as const
export type ServerName = keyof typeof serverVariables

/**
 * Declares what needs a real server. Without its address in the environment it is skipped with one loud line, or fails when
 * REQUIRE_SERVERS=1. Name the file `<what>.<server>.test.ts`, so that `npm run test:servers` runs it (`.servers.` for several).
 */
export function withServer(server: ServerName, suites: (address: string) => void): void {
  withServers([server], ([address]) => suites(address as string))
}

/** The same for suites that need several; the addresses come in the order of the names. */
export function withServers(servers: readonly ServerName[], suites: (addresses: readonly string[]) => void): void {
  const missing = servers.filter((server) => !process.env[serverVariables[server]])
  if (missing.length === 0) {
    suites(servers.map((server) => (process.env[serverVariables[server]] as string).split(',')[0] as string))
    return
  }
  const variables = missing.map((server) => serverVariables[server]).join(', ')
  const reason = `${variables} not set: nothing is proved on ${missing.join(', ')} (npm run test:servers starts them)`
  if (process.env.REQUIRE_SERVERS === '1') {
    it(`finds ${missing.join(', ')}`, () => {
      throw new Error(`${reason}; REQUIRE_SERVERS=1 asks for a proof`)
    })
    return
  }
  process.stderr.write(`SKIPPED ${reason}\n`)
  describe.skip(reason, () => it('is skipped', () => {}))
}
