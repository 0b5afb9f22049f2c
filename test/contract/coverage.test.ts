import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

// An adapter that nobody has proved must not go unnoticed: what implements a contract has a file here that runs its suite.

const ROOT = new URL('../../', import.meta.url)

const namesIn = (folder: string): readonly string[] => readdirSync(new URL(folder, ROOT))
const read = (file: string): string => readFileSync(new URL(file, ROOT), 'utf8')
const sourcesIn = (folder: string): readonly string[] =>
  namesIn(folder)
    .filter((name) => name.endsWith('.ts'))
    .map((name) => read(`${folder}/${name}`))

/** Contracts with a suite, by the first part of its files' names. */
const CONTRACTS: Readonly<Record<string, string>> = {
  connector: 'Connector',
  cursors: 'Cursors',
  'event-log': 'EventLog',
  'object-store': 'ObjectStore',
  'search-index': 'SearchIndex',
  table: 'Table',
}
/** Interfaces with methods that are no contract of an adapter, each with the reason. */
const NO_SUITE: Readonly<Record<string, string>> = {
  Clock: 'two lines; every test brings its own',
  Stage: 'its promise is what the stage runner demands of any stage: test/unit/runtime/stage-runner.test.ts',
}
/** Adapters are named after their folder, but for this one. */
const NAMES: Readonly<Record<string, string>> = { filesystem: 'files' }
/** Reads the archive, not a platform; proved by test/integration/archive. */
const NO_PLATFORM = 'replay'

const adapters = namesIn('infra')
  .filter((folder) => !['contracts', 'runtime', 'config'].includes(folder))
  .flatMap((folder) =>
    Object.entries(CONTRACTS)
      .filter(([, contract]) => sourcesIn(`infra/${folder}`).some((code) => code.includes(`implements ${contract} {`)))
      .map(([suite]) => `${suite}.${NAMES[folder] ?? folder}`),
  )
const connectors = namesIn('ingest')
  .filter((name) => !name.endsWith('.ts') && name !== NO_PLATFORM)
  .map((platform) => `connector.${platform}`)

describe('the contracts', () => {
  it('are all known to this test', () => {
    const withMethods = sourcesIn('infra/contracts')
      .flatMap((code) => [...code.matchAll(/^export interface (\w+)[^{]*\{(.*?)^\}/gms)])
      .filter(([, , body]) => /^ {2}\w+\(.*\): /m.test(body as string))
      .map(([, name]) => name as string)
    expect(withMethods.sort()).toEqual([...Object.values(CONTRACTS), ...Object.keys(NO_SUITE)].sort())
  })

  it.for(Object.entries(CONTRACTS))('%s has a suite', ([suite, contract]) => {
    expect(read(`test/contract/${suite}.ts`)).toContain(`export function describe${contract}Contract`)
  })
})

describe('the tests that need a real server', () => {
  it('are named so that npm run test:servers runs them', () => {
    const folder = new URL('test/', ROOT)
    const using = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.test.ts'))
      .filter((name) => /from '[^']*support\/real-server\.ts'/.test(readFileSync(new URL(name, folder), 'utf8')))
    expect(using.length).toBeGreaterThan(0)
    expect(using.filter((name) => !/\.(?:kafka|elasticsearch|s3|registry|servers)\.test\.ts$/.test(name))).toEqual([])
  })
})

describe('the adapters', () => {
  it('are found', () => {
    expect(adapters.sort()).toEqual(
      expect.arrayContaining([
        'cursors.sqlite',
        'event-log.sqlite',
        'object-store.files',
        'search-index.sqlite',
        'table.sqlite',
      ]),
    )
  })

  it.for([...adapters, ...connectors])('%s runs its suite', (name) => {
    const suite = name.slice(0, name.indexOf('.'))
    expect(namesIn('test/contract')).toContain(`${name}.test.ts`)
    expect(read(`test/contract/${name}.test.ts`)).toContain(`describe${CONTRACTS[suite]}Contract(`)
  })
})
