import { execFile } from 'node:child_process'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { loadConfiguration } from '#infra/config/load-configuration.ts'
import { serversOf } from '../../../scripts/installation.ts'
import { StageName } from '../../../scripts/pipeline.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const execute = promisify(execFile)
const root = join(import.meta.dirname, '../../..')
const MAKE_SECRETS = 'infra/deploy/make-secrets.sh'

interface Service {
  readonly image?: string
  readonly command?: readonly string[]
  readonly environment?: Readonly<Record<string, string | number>>
  readonly ports?: readonly string[]
  readonly volumes?: readonly string[]
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>
  readonly extends?: { readonly file: string; readonly service: string }
  readonly healthcheck?: { readonly test?: readonly string[]; readonly disable?: boolean }
  readonly restart?: string
  readonly [key: string]: unknown
}

const textOf = (path: string) => readFile(join(root, path), 'utf8')
const text = await textOf('docker-compose.yml')
const { services, volumes } = parse(text, { merge: true }) as {
  readonly services: Readonly<Record<string, Service>>
  readonly volumes: Readonly<Record<string, unknown>>
}
const named = Object.entries(services)
const isOneShot = ({ restart }: Service) => restart === 'no'
const { version } = JSON.parse(await textOf('package.json')) as { readonly version: string }

/** `.env` as the script writes it. */
async function makeSecrets(folder: string): Promise<Map<string, string>> {
  await execute('sh', [join(root, MAKE_SECRETS), folder])
  const lines = (await readFile(join(folder, '.env'), 'utf8')).split('\n').filter((line) => /^[^#]/.test(line))
  return new Map(lines.map((line) => line.split('=', 2) as [string, string]))
}

describe('docker-compose.yml', () => {
  it.each(named)('pins the image of %s to an exact version', (_, { image }) => {
    expect(image).toMatch(/:v?\d+\.\d+\.\d+$/)
  })

  it('takes the versions that the suites are proved on, and this one of Earshot', async () => {
    const proved = async (script: string) => {
      const { stdout } = await execute(join(root, 'scripts/servers', script), ['version'])
      return stdout.trim().split(' ').at(-1)
    }
    const used = (service: string) => services[service]?.image?.split(':')[1]?.replace(/^v/, '')
    expect(used('kafka')).toBe(await proved('kafka.sh'))
    expect(used('elasticsearch')).toBe(await proved('elasticsearch.sh'))
    expect(used('kibana')).toBe(used('elasticsearch'))
    expect(used('s3')).toBe(await proved('s3.sh'))
    for (const service of ['accounts', 'setup', 'activate', 'earshot'])
      expect(services[service]?.image).toBe(`earshot:${version}`)
  })

  it.each(named)('publishes ports of %s on this machine only', (_, { ports = [], network_mode: network }) => {
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/)
    expect(network).toBeUndefined()
  })

  it.each(named)('gives %s no right that it does not need, and an end to its memory', (_, service) => {
    expect(service).toMatchObject({ cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] })
    expect(service.mem_limit).toMatch(/^\d+[mg]$/)
    for (const key of ['privileged', 'cap_add', 'pid', 'ipc', 'devices']) expect(service).not.toHaveProperty(key)
    expect(service.volumes?.filter((volume) => volume.includes('docker.sock')) ?? []).toEqual([])
  })

  it('asks whatever keeps running for its health, and starts it again', () => {
    for (const [name, service] of named.filter(([, service]) => !isOneShot(service))) {
      expect(service.restart, name).toBe('unless-stopped')
      // The image of Earshot brings its own question.
      if (name !== 'earshot') expect(service.healthcheck?.test, name).toBeDefined()
      expect(service.healthcheck?.disable, name).toBeUndefined()
    }
    for (const [name, service] of named.filter(([, service]) => isOneShot(service))) {
      expect(service.healthcheck, name).toEqual({ disable: true })
    }
  })

  it('starts everything after what it needs', () => {
    const waitsFor = (name: string): string[] =>
      Object.keys(services[name]?.depends_on ?? {}).flatMap((other) => [other, ...waitsFor(other)])
    for (const [name, { depends_on: needs = {} }] of named) {
      for (const [other, { condition }] of Object.entries(needs)) {
        const ends = isOneShot(services[other] as Service)
        expect(condition, `${name} on ${other}`).toBe(ends ? 'service_completed_successfully' : 'service_healthy')
      }
    }
    expect(waitsFor('earshot')).toEqual(
      expect.arrayContaining(['activate', 'setup', 'accounts', 'kafka', 'elasticsearch', 's3']),
    )
    expect(waitsFor('kibana')).toEqual(expect.arrayContaining(['accounts', 'elasticsearch']))
    expect(services.setup?.command).toEqual(['setup'])
    expect(services.activate?.command).toEqual(['models', 'activate'])
  })

  it('keeps what servers hold in named volumes', () => {
    const used = named.flatMap(([, { volumes: mounts = [] }]) => mounts).filter((mount) => !mount.startsWith('.'))
    expect(used.map((mount) => mount.split(':')[0]).toSorted()).toEqual(Object.keys(volumes).toSorted())
    expect(Object.keys(volumes).toSorted()).toEqual(['elasticsearch', 'kafka', 'kibana', 's3'])
  })

  it('holds no password: each comes from a variable that must be set', () => {
    for (const [, { environment = {} }] of named) {
      for (const [name, value] of Object.entries(environment)) {
        if (/PASSWORD|SECRET_|ENCRYPTIONKEY|JAAS/.test(name)) {
          expect(String(value), name).toMatch(/\$\{[A-Z0-9_]+:\?run infra\/deploy\/make-secrets\.sh first\}/)
        }
      }
    }
    // `$$NAME` is left for the container.
    const references = text.match(/(?<!\$)\$(?!\$)(?:\{[^}]*\}|\w+)/g) ?? []
    expect(references.length).toBeGreaterThan(8)
    for (const reference of references) expect(reference).toMatch(/^\$\{[A-Z0-9_]+:\?run \S+ first\}$/)
  })
})

describe.skipIf(process.platform === 'win32')('make-secrets.sh', () => {
  it('makes each variable that is wanted, and no other', async () => {
    const secrets = await makeSecrets(await temporaryFolder('secrets'))
    const wanted = new Set([...text.matchAll(/\$\{([A-Z0-9_]+):\?/g)].map(([, name]) => name as string))
    expect([...secrets.keys()].toSorted()).toEqual([...wanted].toSorted())
  })

  it('makes long passwords that differ from each other and from those of another run', async () => {
    const [one, other] = [
      await makeSecrets(await temporaryFolder('secrets')),
      await makeSecrets(await temporaryFolder('secrets')),
    ]
    const all = [...one.values(), ...other.values()]
    expect(new Set(all).size).toBe(all.length)
    for (const password of all) expect(password).toMatch(/^[0-9a-f]{48}$/)
  })

  it('lets nobody else read them, and never replaces them', async () => {
    const folder = await temporaryFolder('secrets')
    await makeSecrets(folder)
    const file = join(folder, '.env')
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    const before = await readFile(file, 'utf8')
    await expect(makeSecrets(folder)).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('left as it is'),
    })
    expect(await readFile(file, 'utf8')).toBe(before)
  })

  it('writes where git and the image do not look', async () => {
    expect((await textOf('.gitignore')).split('\n')).toContain('.env')
    expect((await textOf('.dockerignore')).split('\n')).not.toContain('!.env')
  })
})

describe('infra/deploy/earshot.yaml', () => {
  const load = async () => {
    const environment = Object.fromEntries(
      Object.keys(services.earshot?.environment ?? {}).map((name) => [name, `value of ${name}`]),
    )
    return loadConfiguration(join(root, 'infra/deploy/earshot.yaml'), { environment })
  }

  it('is valid with what the containers have in their environment, and runs on servers', async () => {
    expect(serversOf(await load())).not.toBeNull()
  })

  it('is what every container of Earshot reads', () => {
    for (const service of ['accounts', 'setup', 'activate', 'earshot']) {
      expect(services[service]?.volumes).toEqual(['./infra/deploy/earshot.yaml:/earshot/earshot.yaml:ro'])
      expect(services[service]?.environment).toMatchObject(services.earshot?.environment as object)
    }
  })

  it('reaches the servers under the names and ports that they have there', async () => {
    const { kafka, elasticsearch, s3 } = serversOf(await load())!
    const listeners = (name: string) => String(services.kafka?.environment?.[name]).split(',')
    const [broker] = kafka.brokers
    expect(listeners('KAFKA_ADVERTISED_LISTENERS')).toContain(`INTERNAL://${broker}`)
    expect(broker?.split(':')[0]).toBe('kafka')
    expect(listeners('KAFKA_LISTENERS')).toContain(`INTERNAL://:${broker?.split(':')[1]}`)
    expect(listeners('KAFKA_LISTENER_SECURITY_PROTOCOL_MAP')).toContain('INTERNAL:SASL_PLAINTEXT')
    expect(String(services.kafka?.environment?.KAFKA_LISTENER_NAME_INTERNAL_PLAIN_SASL_JAAS_CONFIG)).toContain(
      `user_${kafka.sasl?.username}="\${EARSHOT_KAFKA_PASSWORD:`,
    )
    expect(elasticsearch.url).toBe(services.kibana?.environment?.ELASTICSEARCH_HOSTS)
    expect(new URL(elasticsearch.url)).toMatchObject({ hostname: 'elasticsearch', port: '9200' })
    expect(new URL(s3.endpoint as string).hostname).toBe('s3')
    expect(services.s3?.command).toContain(`:${new URL(s3.endpoint as string).port}`)
    expect(s3.credentials?.accessKeyId).toBe(services.s3?.environment?.ROOT_ACCESS_KEY_ID)
  })

  it('reads each password from the variable that the server has it from', async () => {
    const { kafka, elasticsearch, s3 } = serversOf(await load())!
    expect(kafka.sasl?.password).toBe('value of EARSHOT_KAFKA_PASSWORD')
    expect(elasticsearch.auth).toMatchObject({ password: 'value of EARSHOT_ELASTICSEARCH_PASSWORD' })
    expect(s3.credentials?.secretAccessKey).toBe('value of EARSHOT_S3_SECRET_KEY')
    expect(services.s3?.environment?.ROOT_SECRET_ACCESS_KEY).toContain('${EARSHOT_S3_SECRET_KEY:')
  })

  it('asks one broker and one node for no second copy', async () => {
    const { kafka, elasticsearch } = serversOf(await load())!
    expect([kafka.replicationFactor, elasticsearch.replicas]).toEqual([1, 0])
  })
})

describe('infra/deploy/split.yml', () => {
  it('runs every stage in exactly one kind of process', async () => {
    const split = parse(await textOf('infra/deploy/split.yml')) as { services: Readonly<Record<string, Service>> }
    const stages = Object.values(split.services).flatMap(({ command = [] }) => {
      expect(command).toEqual(['run', '--only', expect.any(String), '--health-port', '9464'])
      return command[2]!.split(',')
    })
    expect(stages.toSorted()).toEqual(Object.values(StageName).toSorted())
    for (const [name, service] of Object.entries(split.services)) {
      if (name !== 'earshot') expect(service.extends).toEqual({ file: 'docker-compose.yml', service: 'earshot' })
    }
  })
})
