import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const repository = fileURLToPath(new URL('../../', import.meta.url))
const windows = process.platform === 'win32'

let home: string
let tarball: string
let packed: readonly string[]

interface Ended {
  readonly code: number | null
  readonly output: string
  readonly errors: string
}

/** What a nested npm would take from the npm that runs this test, but for the places of packages. */
const cleanEnvironment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(process.env).filter(([key]) => !/^npm_(?!config_(?:registry|cache|userconfig)$)/i.test(key)),
  )

async function execute(folder: string, command: string, words: readonly string[], input = ''): Promise<Ended> {
  const child = spawn(command, words, { cwd: folder, env: cleanEnvironment(), shell: windows })
  let output = ''
  let errors = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk
  })
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    errors += chunk
  })
  child.stdin.end(input)
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, output, errors }
}

async function npm(folder: string, ...words: readonly string[]): Promise<Ended> {
  const ended = await execute(folder, 'npm', [...words, '--prefer-offline', '--no-audit', '--no-fund'])
  if (ended.code !== 0) throw new Error(`npm ${words[0]} failed\n${ended.errors}`)
  return ended
}

async function emptyProject(name: string): Promise<string> {
  const folder = join(home, name)
  await mkdir(folder)
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true }))
  return folder
}

/** Makes this Node call itself an older one: all that the launcher looks at. */
const oldNode = [
  '--import',
  `data:text/javascript,${encodeURIComponent("Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.19.0' } })")}`,
]

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'earshot-package-'))
  const [{ filename, files }] = JSON.parse(
    lastJson((await npm(repository, 'pack', '--json', '--pack-destination', home)).output),
  ) as [{ filename: string; files: { path: string }[] }]
  tarball = join(home, filename)
  packed = files.map(({ path }) => path)
})

/** What the scripts around a command print may stand before its own answer. */
const lastJson = (output: string): string => output.slice(output.search(/^\[/m))

afterAll(() => rm(home, { recursive: true, force: true }))

describe('the packed package', () => {
  it('holds compiled files, models and documents, and neither sources nor tests', async () => {
    for (const path of [
      'bin/earshot.js',
      'dist/package.json',
      'dist/scripts/cli.js',
      'docs/configuration.md',
      'LICENSE',
    ]) {
      expect(packed).toContain(path)
    }
    expect(packed.filter((path) => /\.ts$|(?:^|\/)test\/|train|bench/.test(path))).toEqual([])
    const models = existsSync(join(repository, 'enrich/models')) ? await readdir(join(repository, 'enrich/models')) : []
    const wanted = models.filter((name) => !name.endsWith('.ts')).map((name) => `dist/enrich/models/${name}`)
    expect(packed).toEqual(expect.arrayContaining(wanted))
  })

  it('holds every module that is started as a worker, which no import names', async () => {
    const folders = ['infra', 'ingest', 'enrich', 'index']
    const listed = await Promise.all(folders.map((folder) => readdir(join(repository, folder), { recursive: true })))
    const workers = listed.flatMap((paths, index) =>
      paths.map((path) => `${folders[index]}/${path.replaceAll('\\', '/')}`),
    )
    const wanted = workers
      .filter((path) => path.endsWith('-worker.ts'))
      .map((path) => `dist/${path.replace(/ts$/, 'js')}`)
    expect(wanted.length).toBeGreaterThan(0)
    expect(packed).toEqual(expect.arrayContaining(wanted))
  })
})

describe('installed into an empty project', () => {
  let project: string
  let installed: Ended

  beforeAll(async () => {
    project = await emptyProject('project')
    installed = await npm(project, 'install', tarball)
  })

  it('asks for no install script to be allowed', () => {
    expect(installed.errors).not.toMatch(/install.?scripts/i)
  })

  it('answers "npx earshot --help" and "--version"', async () => {
    const help = await execute(project, 'npx', ['earshot', '--help'])
    expect(help).toMatchObject({ code: 0, errors: '' })
    expect(help.output).toContain('earshot init')
    const { version } = JSON.parse(await readFile(join(repository, 'package.json'), 'utf8')) as { version: string }
    expect(await execute(project, 'npx', ['earshot', '--version'])).toMatchObject({ code: 0, output: `${version}\n` })
  })

  it('runs under an older Node by the Node that came with it', async () => {
    const bin = join(project, 'node_modules', 'earshot', 'bin', 'earshot.js')
    expect(await execute(project, process.execPath, [...oldNode, bin, '--help'])).toMatchObject({ code: 0, errors: '' })
  })

  it('writes a first configuration and checks it', async () => {
    expect(await execute(project, 'npx', ['earshot', 'init', 'Acme Cola'])).toMatchObject({ code: 0 })
    expect(await execute(project, 'npx', ['earshot', 'check'])).toMatchObject({ code: 0 })
    await writeFile(join(project, 'broken.yaml'), 'brands: [{ id: x }]')
    expect(await execute(project, 'npx', ['earshot', 'check', '--config', 'broken.yaml'])).toMatchObject({ code: 2 })
  })

  it('reads a file, annotates it in its worker threads, and finds it', async () => {
    const texts = [
      'I love my new Acme phone, it is great',
      'Acme support is terrible, I hate waiting',
      'Nothing to see here',
    ]
    const rows = texts.map((text, id) => JSON.stringify({ id: String(id), text, publishedAt: '2026-01-05T10:00:00Z' }))
    await writeFile(join(project, 'mentions.ndjson'), `${rows.join('\n')}\n`)
    await writeFile(
      join(project, 'file.yaml'),
      'brands: [{ id: acme, name: Acme, query: acme }]\nconnectors: [{ id: rows, type: file, path: mentions.ndjson }]\n',
    )
    const run = await execute(project, 'npx', [
      'earshot',
      'run',
      '--until-idle',
      '--config',
      'file.yaml',
      '--data',
      'data',
    ])
    expect(run, run.errors).toMatchObject({ code: 0 })
    const search = await execute(project, 'npx', ['earshot', 'search', 'acme', '--data', 'data', '--json'])
    expect(search, search.errors).toMatchObject({ code: 0 })
    const hits = search.output
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { id?: string })
      .filter(({ id }) => id !== undefined)
    expect(hits.map(({ id }) => id).toSorted()).toEqual(['file:0', 'file:1'])
    // What only a worker with the packaged model files can know.
    for (const hit of hits) {
      expect(hit).toMatchObject({
        mention: { lang: { detected: expect.any(String) } },
        annotations: { brands: ['acme'], entities: { items: [expect.objectContaining({ id: 'acme' })] } },
      })
    }
  })
})

describe('installed elsewhere', () => {
  it('works as a global command', async () => {
    const prefix = join(home, 'global')
    await npm(home, 'install', '--global', '--prefix', prefix, tarball)
    const command = windows ? join(prefix, 'earshot.cmd') : join(prefix, 'bin', 'earshot')
    const help = await execute(home, command, ['--help'])
    expect(help).toMatchObject({ code: 0, errors: '' })
    expect(help.output).toContain('earshot init')
  })

  it('says what to install when an older Node has no newer one beside it', async () => {
    const project = await emptyProject('bare')
    await npm(project, 'install', '--omit=optional', tarball)
    const bin = join(project, 'node_modules', 'earshot', 'bin', 'earshot.js')
    const help = await execute(project, process.execPath, [...oldNode, bin, '--help'])
    expect(help).toMatchObject({ code: 2, output: '' })
    expect(help.errors).toContain('Earshot needs Node 24 or newer')
  })
})
