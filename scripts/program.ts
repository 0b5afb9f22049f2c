import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { basename, join } from 'node:path'
import { type Environment, processEnvironment } from '#infra/config/environment.ts'

const CLI = join(import.meta.dirname, 'cli.ts')
/** Of what a program said, for the message when it fails. */
const KEPT_CHARACTERS = 4_000

export interface ProgramOptions {
  /** Beside the variables of this process. */
  readonly environment?: Environment
  /** What it says on stderr, as it comes; otherwise it is kept for the message of a failure. */
  readonly onError?: (text: string) => void
  /** What it is given on stdin. */
  readonly input?: string
}

export interface Program {
  readonly child: ChildProcess
  /** What it wrote on stdout; rejects when it ended with another exit code than 0. */
  readonly output: Promise<string>
}

/** Starts the real command line, or another script of ours, in a process of its own. */
export function startProgram(args: readonly string[], options: ProgramOptions = {}, script = CLI): Program {
  const child = spawn(process.execPath, [script, ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...processEnvironment(), ...options.environment },
  })
  child.stdin.on('error', () => {}) // it has ended before it read all: its exit code says why
  child.stdin.end(options.input)
  let written = ''
  let errors = ''
  child.stdout.on('data', (data: Buffer) => {
    written += data.toString()
  })
  child.stderr.on('data', (data: Buffer) => {
    const text = data.toString()
    errors = (errors + text).slice(-KEPT_CHARACTERS)
    options.onError?.(text)
  })
  const output = once(child, 'close').then(([code, signal]) => {
    if (code === 0) return written
    throw new Error(`${args[0] ?? basename(script)} ended with ${signal ?? `exit code ${code}`}: ${errors}`)
  })
  output.catch(() => {}) // told to whoever awaits it
  return { child, output }
}
