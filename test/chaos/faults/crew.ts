import { type ChildProcess, spawn } from 'node:child_process'
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { systemClock } from '#infra/runtime/system-clock.ts'

const EARSHOT = fileURLToPath(new URL('../../../bin/earshot.js', import.meta.url))
const RESTART_AFTER_MS = 300
/** The program gives itself 15 s. */
const STOPS_WITHIN_MS = 25_000
const LOOK_MS = 20

export interface Role {
  readonly name: string
  /** Arguments of `earshot`. */
  readonly args: readonly string[]
}

/** One process of the real program, started again whenever it ends, until it is dismissed: what a service manager does. */
export class Worker {
  readonly name: string
  /** Starts after the first. */
  restarts = 0
  /** How it ended when nobody had told it to: promises broken, in words. */
  readonly violations: string[] = []
  readonly #crew: CrewPlace
  readonly #args: readonly string[]
  readonly #ended = Promise.withResolvers<void>()
  #child: ChildProcess | null = null
  /** What the process that runs now has said. */
  #said = ''
  #dismissed = false

  constructor(name: string, { args }: Role, crew: CrewPlace) {
    this.name = name
    this.#crew = crew
    this.#args = args
    void this.#keep()
  }

  /** Resolves when it has ended for good: dismissed, or with exit code 0. */
  get ended(): Promise<void> {
    return this.#ended.promise
  }

  async #keep(): Promise<void> {
    for (;;) {
      const end = await this.#run()
      if (end === 'killed' && this.#dismissed) break
      if (end !== 'killed' && end.code === 0) break
      if (end !== 'killed' && this.#dismissed && end.code === 130) break
      if (end !== 'killed') this.#judge(end.code)
      if (this.#dismissed) break
      await systemClock.sleep(RESTART_AFTER_MS)
      if (this.#dismissed) break
      this.restarts++
    }
    this.#ended.resolve()
  }

  /** A passing failure ends a process with 1, and its manager starts it again; anything else it must not do. */
  #judge(code: number | null): void {
    const last = this.#said.trimEnd().split('\n').slice(-12).join('\n    ')
    if (this.#said.includes('this is a bug in Earshot')) this.violations.push(`${this.name} met a bug:\n    ${last}`)
    else if (code !== 1) this.violations.push(`${this.name} ended with exit code ${code}:\n    ${last}`)
  }

  #run(): Promise<'killed' | { readonly code: number | null }> {
    const { folder, environment } = this.#crew
    this.#said = ''
    const child = spawn(process.execPath, [EARSHOT, ...this.#args], {
      cwd: folder,
      env: environment,
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    this.#child = child
    child.stderr.on('data', (data: Buffer) => {
      this.#said = (this.#said + data).slice(-200_000)
      appendFileSync(join(folder, `${this.name}.log`), data)
    })
    return new Promise((resolve) => {
      child.once('close', (code, signal) => resolve(signal === null ? { code } : 'killed'))
    })
  }

  /** How often the process that runs now has said this. */
  said(words: string): number {
    return this.#said.split(words).length - 1
  }

  /** Resolves when the process that runs now has said this more than `times`. */
  async says(words: string, deadlineMs: number, times = 0): Promise<void> {
    const over = systemClock.now() + deadlineMs
    while (this.said(words) <= times) {
      if (systemClock.now() > over) throw new Error(`${this.name} did not say "${words}" in ${deadlineMs} ms`)
      await systemClock.sleep(LOOK_MS)
    }
  }

  /** SIGKILL; it is started again. */
  kill(): void {
    this.#child?.kill('SIGKILL')
  }

  /** SIGSTOP: to the others it is dead, and it knows nothing of it. */
  freeze(): void {
    this.#child?.kill('SIGSTOP')
  }

  thaw(): void {
    this.#child?.kill('SIGCONT')
  }

  /** SIGTERM; resolves when it has ended. */
  async dismiss(): Promise<void> {
    this.#dismissed = true
    this.#child?.kill('SIGCONT')
    this.#child?.kill('SIGTERM')
    const late = setTimeout(() => {
      this.violations.push(`${this.name} did not end within ${STOPS_WITHIN_MS / 1000} s of SIGTERM`)
      this.kill()
    }, STOPS_WITHIN_MS)
    await this.ended
    clearTimeout(late)
  }

  /** SIGKILL; resolves when it has ended, and it is not started again. */
  async lose(): Promise<void> {
    this.#dismissed = true
    this.kill()
    await this.ended
  }
}

export interface CrewPlace {
  /** Where they run, and where what they say is kept. */
  readonly folder: string
  readonly environment: Readonly<Record<string, string | undefined>>
}

/** All processes of one installation. */
export class Crew {
  readonly #place: CrewPlace
  readonly #all: Worker[] = []

  constructor(place: CrewPlace) {
    this.#place = place
    process.on('exit', this.#abandon)
  }

  /** Who is interrupted leaves nothing behind. */
  readonly #abandon = () => {
    for (const worker of this.#all) worker.kill()
  }

  hire(role: Role): Worker {
    const worker = new Worker(`${role.name}-${this.#all.length + 1}`, role, this.#place)
    this.#all.push(worker)
    return worker
  }

  get restarts(): number {
    return this.#all.reduce((sum, { restarts }) => sum + restarts, 0)
  }

  get violations(): readonly string[] {
    return this.#all.flatMap(({ violations }) => violations)
  }

  /** Nothing of it runs afterwards, whatever happened. */
  async disband(): Promise<void> {
    await Promise.all(this.#all.map((worker) => worker.lose()))
    process.off('exit', this.#abandon)
  }
}
