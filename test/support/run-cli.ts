import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const CLI = fileURLToPath(new URL('../../scripts/cli.ts', import.meta.url))

export interface CliEnd {
  readonly code: number | null
  readonly output: string
  readonly errors: string
}

/** The real command line in a process of its own. */
export async function runCli(cwd: string, ...args: string[]): Promise<CliEnd> {
  return startCli(cwd, ...args).end
}

export function startCli(
  cwd: string,
  ...args: string[]
): { child: ChildProcess; end: Promise<CliEnd>; errors: () => string } {
  const child = spawn(process.execPath, [CLI, ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  let errors = ''
  child.stdout.on('data', (data: Buffer) => {
    output += data.toString()
  })
  child.stderr.on('data', (data: Buffer) => {
    errors += data.toString()
  })
  const end = new Promise<CliEnd>((resolve) => child.on('close', (code) => resolve({ code, output, errors })))
  return { child, end, errors: () => errors }
}
