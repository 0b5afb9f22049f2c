import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { processEnvironment } from '#infra/config/environment.ts'
import { addressVariables, findServers } from './servers/find-servers.ts'
import { ServerName } from './servers/real-server.ts'

// `npm run test:servers [-- PATH OR VITEST OPTION ...]`: the suites that need Kafka, Elasticsearch, S3 or a schema registry, and what they have proved.

const root = join(import.meta.dirname, '..')
const servers = await findServers((line) => process.stderr.write(`${line}\n`))
try {
  process.exitCode = await runSuites(process.argv.slice(2))
} finally {
  await Promise.all(servers.map((server) => server[Symbol.asyncDispose]()))
}

async function runSuites(asked: readonly string[]): Promise<number> {
  const vitest = join(root, 'node_modules/vitest/vitest.mjs')
  const options = [
    ...['run', '--config', join(root, 'vitest.servers.config.ts'), ...asked],
    ...(asked.some((option) => option.startsWith('--reporter')) ? [] : ['--reporter=default']),
    `--reporter=${join(root, 'test/support/proof-reporter.ts')}`, // the last word
  ]
  const byName = Object.values(ServerName).map(
    (name) => [name, servers.filter((server) => server.name === name)] as const,
  )
  const child = spawn(process.execPath, [vitest, ...options], {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...processEnvironment(),
      ...Object.fromEntries(
        byName.map(([name, of]) => [addressVariables[name], of.map(({ address }) => address).join()]),
      ),
      EARSHOT_PROOF: JSON.stringify(
        Object.fromEntries(byName.map(([name, of]) => [name, of.map(({ version }) => version)])),
      ),
      REQUIRE_SERVERS: '1',
    },
  })
  const [code] = (await once(child, 'close')) as [number | null]
  return code ?? 1
}
