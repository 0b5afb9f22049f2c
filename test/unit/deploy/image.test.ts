import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join, matchesGlob } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

const execute = promisify(execFile)
const root = join(import.meta.dirname, '../../..')
const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
  readonly version: string
}

interface Instruction {
  readonly name: string
  readonly value: string
}

/** Instructions of a Dockerfile, comments left out and continued lines joined. */
const instructions = (await readFile(join(root, 'Dockerfile'), 'utf8'))
  .replace(/^\s*#.*\n/gm, '')
  .replace(/\\\n\s*/g, ' ')
  .split('\n')
  .filter((line) => line.trim() !== '')
  .map((line): Instruction => {
    const [, name = '', value = ''] = /^(\S+)\s+(.*)$/.exec(line) ?? []
    return { name, value }
  })
const starts = instructions.flatMap(({ name }, index) => (name === 'FROM' ? [index] : []))
const last = instructions.slice(starts.at(-1))
const lastOf = (wanted: string) => last.findLast(({ name }) => name === wanted)?.value

describe('the Dockerfile', () => {
  it('builds every stage on one base, pinned to an exact version that runs Earshot', () => {
    const base = /^NODE_IMAGE=(node:(\d+)\.\d+\.\d+-[a-z]+-slim)$/.exec(
      instructions.find(({ name }) => name === 'ARG')?.value ?? '',
    )
    expect(Number(base?.[2])).toBeGreaterThanOrEqual(24)
    expect(starts).toHaveLength(3)
    for (const index of starts) expect(instructions[index]?.value).toMatch(/^\$\{NODE_IMAGE\}(?: AS \w+)?$/)
  })

  it('takes nothing from an address', () => {
    expect(instructions.filter(({ name }) => name === 'ADD')).toEqual([])
    expect(instructions.filter(({ value }) => /https?:\/\/(?!127\.0\.0\.1)|\b(?:curl|wget)\b/.test(value))).toEqual([])
  })

  it('runs as a user by number, who is not root, from its last stage on', () => {
    const [user, group] = (lastOf('USER') ?? '').split(':').map(Number)
    expect(user).toBeGreaterThan(0)
    expect(group).toBeGreaterThan(0)
  })

  it('starts node itself, so that signals reach it', () => {
    expect(JSON.parse(lastOf('ENTRYPOINT') ?? '')).toEqual(['node', '/app/bin/earshot.js'])
    expect(JSON.parse(lastOf('CMD') ?? '')).toEqual(['run', '--health-port', '9464'])
    expect(lastOf('STOPSIGNAL')).toBe('SIGTERM')
  })

  it('asks for its health where it runs by default', () => {
    const [port] = /(?<=--health-port", ")\d+/.exec(lastOf('CMD') ?? '') ?? []
    expect(lastOf('HEALTHCHECK')).toContain(`http://127.0.0.1:${port}/health`)
    expect(lastOf('HEALTHCHECK')).toMatch(/CMD \["node", "-e",/)
  })

  it('installs what the lock says, without scripts, and for running nothing that is for writing code', () => {
    const installs = instructions.filter(({ value }) => value.includes('npm ci'))
    expect(installs).toHaveLength(2)
    for (const { value } of installs) expect(value).toContain('--ignore-scripts')
    expect(installs[1]?.value).toContain('--omit=dev --omit=optional')
    const copied = last.flatMap(({ name, value }) => (name === 'COPY' ? [value] : []))
    expect(copied).toContain('--from=dependencies /build/node_modules /app/node_modules')
    expect(copied).toContain('--from=build /build/dist /app/dist')
  })

  it('leaves out no package that some command, adapter, connector, scorer or stemmer loads', async () => {
    const removed = /rm -rf (.*?) &&/.exec(instructions.find(({ value }) => value.includes('rm -rf'))?.value ?? '')?.[1]
    const patterns = (removed ?? '').split(' ').map((path) => path.replace('node_modules/', ''))
    expect(patterns.length).toBeGreaterThan(5)
    const { stdout } = await execute(process.execPath, [join(import.meta.dirname, 'children/print-packages.ts')])
    const loaded = stdout.split('\n')
    expect(loaded).toEqual(
      expect.arrayContaining(['kafkajs', '@aws-sdk/client-s3', '@elastic/elasticsearch', 'natural']),
    )
    for (const pattern of patterns) {
      expect(
        loaded.filter((name) => matchesGlob(name, `${pattern}{,/**}`)),
        pattern,
      ).toEqual([])
    }
  }, 60_000)

  it('says what it is', () => {
    const label = lastOf('LABEL')
    expect(label).toContain(`org.opencontainers.image.version="${version}"`)
    expect(label).toContain('org.opencontainers.image.licenses="Apache-2.0"')
  })
})

describe('.dockerignore', () => {
  it('lets in only what the image is built from', async () => {
    const lines = (await readFile(join(root, '.dockerignore'), 'utf8')).split('\n').filter((line) => /^[^#]/.test(line))
    expect(lines[0]).toBe('*')
    const taken = lines.flatMap((line) => (line.startsWith('!') ? [line.slice(1)] : []))
    for (const path of taken) expect(existsSync(join(root, path)), path).toBe(true)
    for (const path of ['.env', '.git', 'node_modules', 'test', '.earshot']) expect(taken).not.toContain(path)
    // What it does take from the context.
    const copied = instructions.flatMap(({ name, value }) =>
      name === 'COPY' && !value.startsWith('--from') ? value.split(' ').slice(0, -1) : [],
    )
    for (const path of copied) if (path !== '.') expect(taken).toContain(path)
  })
})
