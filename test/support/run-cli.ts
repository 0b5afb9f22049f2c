import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const CLI = fileURLToPath(new URL('../../scripts/cli.ts', import.meta.url))

export interface CliEnd {
  readonly code: number | null
  readonly output: string
  readonly errors: string
}

export interface RunningCli {
  readonly child: ChildProcess
  readonly end: Promise<CliEnd>
  /** What it has said on stderr so far. */
  errors(): string
}

/** The real command line in a process of its own. */
export async function runCli(cwd: string, ...args: string[]): Promise<CliEnd> {
  return startCli(cwd, ...args).end
}

export const startCli = (cwd: string, ...args: string[]): RunningCli => startCommand(cwd, cliCommand(...args))

/** The program and its arguments, for those who start it in their own way. */
export const cliCommand = (...args: string[]): [string, ...string[]] => [process.execPath, CLI, ...args]

/** The same of a version of the future: see newer-earshot.ts. */
export async function runNewerCli(cwd: string, ...args: string[]): Promise<CliEnd> {
  const [program, ...rest] = cliCommand(...args)
  return startCommand(cwd, [program, '--import', import.meta.resolve('./newer-earshot.ts'), ...rest]).end
}

export function startCommand(cwd: string, [program, ...args]: readonly [string, ...string[]]): RunningCli {
  const child = spawn(program, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  let errors = ''
  // A character may come in two pieces.
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text
  })
  const end = new Promise<CliEnd>((resolve) => child.on('close', (code) => resolve({ code, output, errors })))
  return { child, end, errors: () => errors }
}
