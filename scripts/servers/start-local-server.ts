import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { processEnvironment } from '#infra/config/environment.ts'
import { freePort } from './free-port.ts'
import type { RealServer, ServerName } from './real-server.ts'

const execute = promisify(execFile)

/** A slow machine that starts four at once needs most of it. */
const READY_WITHIN_MS = 180_000
const STOP_WITHIN_MS = 20_000
/** What a server said last, for the message when it does not start. */
const KEPT_LINES = 30

/** A server that a script of this folder runs: a process of ours, which a test may kill and start again on the same data. */
export interface LocalServer extends RealServer {
  readonly port: number
  /** Sends a signal to the server and waits until it is gone. Its data stays. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>
}

export interface LocalServerOptions {
  /** Given to go on with the data of an earlier server: then it also stays when this one is disposed. */
  readonly folder?: string
  readonly port?: number
  /** What its script reads beside the environment of this process, as KAFKA_PROPERTIES. */
  readonly environment?: Readonly<Record<string, string>>
}

/** Fetches or builds the server when it is not in the cache yet: minutes. `say` gets its lines. */
export async function setUpLocalServer(
  name: ServerName,
  say: (line: string) => void,
  environment: LocalServerOptions['environment'] = {},
): Promise<void> {
  const env = { ...processEnvironment(), ...environment }
  const child = spawn(scriptOf(name), ['setup'], { stdio: ['ignore', 'pipe', 'pipe'], env })
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', say)
  const [code] = (await once(child, 'close')) as [number | null]
  if (code !== 0) throw new Error(`${name}: the setup of ${scriptOf(name)} failed; see its lines above`)
}

/** Starts it on the loopback; resolves when it answers, rejects with its last lines when it does not. */
export async function startLocalServer(name: ServerName, options: LocalServerOptions = {}): Promise<LocalServer> {
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), `earshot-${name}-`)))
  const port = options.port ?? (await freePort())
  const env = { ...processEnvironment(), ...options.environment }
  const { stdout } = await execute(scriptOf(name), ['version'], { env })
  const child = spawn(scriptOf(name), ['start', String(port), folder], { stdio: ['ignore', 'pipe', 'pipe'], env })
  const exited = once(child, 'exit')
  const end = async (signal: 'SIGTERM' | 'SIGKILL') => {
    // A launcher that is killed would leave its server running; it ends when that does.
    const kill = async () => process.kill((await serverPid(folder)) ?? (child.pid as number), 'SIGKILL')
    if (child.exitCode !== null || child.signalCode !== null) return
    if (signal === 'SIGKILL') await kill()
    else child.kill(signal)
    const late = setTimeout(() => void kill(), STOP_WITHIN_MS)
    await exited
    clearTimeout(late)
  }
  const forget = async () => {
    await end('SIGTERM')
    if (options.folder === undefined) await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  }
  try {
    const address = await readyAddress(name, child)
    const version = `${stdout.trim()} (local)`
    return { name, address, version, port, end, [Symbol.asyncDispose]: forget }
  } catch (error) {
    await forget()
    throw error
  }
}

const scriptOf = (name: ServerName): string => join(import.meta.dirname, `${name}.sh`)

/** Of a server that is not the process which we started. */
async function serverPid(folder: string): Promise<number | null> {
  const file = join(folder, 'server.pid')
  return existsSync(file) ? Number(await readFile(file, 'utf8')) : null
}

/** The address of the line `READY <name> <address>`. */
async function readyAddress(name: ServerName, child: ChildProcess): Promise<string> {
  const last: string[] = []
  const ready = Promise.withResolvers<string>()
  const fail = (what: string) => ready.reject(new Error(`${name} ${what}\n${last.join('\n')}`))
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream! }).on('line', (line) => {
      const [, address] = /^READY \S+ (\S+)$/.exec(line) ?? []
      if (address !== undefined) ready.resolve(address)
      last.push(line)
      if (last.length > KEPT_LINES) last.shift()
    })
  }
  child.once('error', (error) => fail(`could not be started: ${error.message}`))
  child.once('close', (code) => fail(`ended before it was ready (${code})`))
  const timer = setTimeout(() => fail(`was not ready after ${READY_WITHIN_MS / 1000} s`), READY_WITHIN_MS)
  try {
    return await ready.promise
  } finally {
    clearTimeout(timer)
  }
}
