import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** How a child opens the same store as its parent: `module` exports `open(store)`. */
export interface Opener {
  readonly module: string
  readonly store: string
}

/** Runs a script of this folder in a process of its own that says what it did, a line each. Killed with `await using`. */
export function startChild(script: string, args: readonly string[]): Child {
  const path = fileURLToPath(new URL(script, import.meta.url))
  return new Child(spawn(process.execPath, [path, ...args], { stdio: ['ignore', 'pipe', 'inherit'] }))
}

export class Child implements AsyncDisposable {
  readonly #process: ChildProcess
  readonly #exited: Promise<void>
  readonly #lines: AsyncIterableIterator<string>

  constructor(process: ChildProcess) {
    this.#process = process
    this.#exited = new Promise((resolve) => process.on('exit', () => resolve()))
    this.#lines = createInterface({ input: process.stdout! })[Symbol.asyncIterator]()
  }

  /** The next `count` lines; rejects when the process ends before. */
  async lines(count: number): Promise<string[]> {
    const lines: string[] = []
    while (lines.length < count) {
      const next = await this.#lines.next()
      if (next.done) throw new Error(`the child ended after ${lines.length} of ${count} lines`)
      lines.push(next.value)
    }
    return lines
  }

  /** SIGSTOP and SIGCONT put it to sleep and wake it, as a machine does that is suspended. */
  signal(name: 'SIGSTOP' | 'SIGCONT' | 'SIGUSR2'): void {
    this.#process.kill(name)
  }

  /** SIGKILL; answers what the child had still said. */
  async kill(): Promise<string[]> {
    this.#process.kill('SIGKILL')
    await this.#exited
    return Array.fromAsync(this.#lines)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill('SIGKILL')
    await this.#exited
  }
}
