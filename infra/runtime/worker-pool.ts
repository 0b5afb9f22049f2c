import { parentPort, type Transferable, type Worker } from 'node:worker_threads'
import { startWorker } from './start-worker.ts'

/** How many tasks a worker is given at most: one at work, one waiting, so that it never idles between two. */
const TASKS_PER_WORKER = 2

/** A task took its worker down: it ran past the deadline, or the thread died under it (out of memory). */
export class WorkerLostError extends Error {
  override readonly name = 'WorkerLostError'
  readonly reason: 'deadline' | 'crash'

  constructor(reason: 'deadline' | 'crash', cause?: unknown) {
    super(reason === 'deadline' ? 'a worker ran past its deadline' : 'a worker died', { cause })
    this.reason = reason
  }
}

export interface WorkerPoolOptions {
  readonly url: URL
  readonly size: number
  readonly workerData: unknown
  /** Counted from the moment the worker has nothing older to do. */
  readonly deadlineMs: number
}

interface Task {
  readonly message: unknown
  readonly resolve: (answer: unknown) => void
  readonly reject: (error: unknown) => void
}

interface Member {
  readonly thread: Worker
  /** In the order given to the thread. */
  readonly tasks: Task[]
  ready: boolean
  deadline: NodeJS.Timeout | null
}

type Reply = { readonly answer: unknown } | { readonly error: unknown } | { readonly ready: true }

/** Worker threads for pure computations. A task that takes a worker down is rejected alone; its neighbours are not lost. */
export class WorkerPool<Request, Answer> implements AsyncDisposable {
  readonly #options: WorkerPoolOptions
  readonly #members = new Set<Member>()
  readonly #queue: Task[] = []
  /** Why nothing more will be answered: it is closed, or a worker did not come up. */
  #ended: Error | null = null

  constructor(options: WorkerPoolOptions) {
    this.#options = options
    for (let i = 0; i < options.size; i++) this.#hire()
  }

  /**
   * Resolves with the worker's answer. Rejects with WorkerLostError when the task took the worker down, else with what the
   * worker threw, or with why there is no worker. The message is copied, not moved: one that waited behind a lost task is given
   * to another worker.
   */
  run(message: Request): Promise<Answer> {
    if (this.#ended !== null) return Promise.reject(this.#ended)
    return new Promise<unknown>((resolve, reject) => {
      this.#queue.push({ message, resolve, reject })
      this.#dispatch()
    }) as Promise<Answer>
  }

  /** Ends the workers; what they had not answered is rejected. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended ??= new Error('the workers were stopped')
    this.#refuse(this.#ended)
    await Promise.all(
      [...this.#members].map((member) => {
        if (member.deadline) clearTimeout(member.deadline)
        for (const task of member.tasks.splice(0)) task.reject(this.#ended)
        return member.thread.terminate()
      }),
    )
  }

  #refuse(why: Error): void {
    for (const task of this.#queue.splice(0)) task.reject(why)
  }

  #hire(): void {
    const thread = startWorker(this.#options.url, this.#options.workerData)
    const member: Member = { thread, tasks: [], ready: false, deadline: null }
    this.#members.add(member)
    let cause: Error | undefined
    thread.on('message', (reply: Reply) => {
      if ('ready' in reply) {
        member.ready = true
        this.#arm(member)
        return
      }
      const task = member.tasks.shift()
      if ('error' in reply) task?.reject(reply.error)
      else task?.resolve(reply.answer)
      this.#arm(member)
      this.#dispatch()
    })
    thread.on('error', (error: Error) => {
      cause = error
    })
    thread.on('exit', () => {
      this.#members.delete(member)
      if (member.ready) this.#dismiss(member, new WorkerLostError('crash', cause))
      else {
        // It never came up, so no task is to blame, and a new one would fail as well: also for those who ask later.
        this.#queue.unshift(...member.tasks.splice(0))
        this.#ended ??= cause ?? new Error('a worker did not start')
      }
      if (this.#ended !== null) return this.#refuse(this.#ended)
      this.#hire()
      this.#dispatch()
    })
  }

  /** The task at work is to blame; the one that waited behind it goes to another worker. */
  #dismiss(member: Member, error: WorkerLostError): void {
    if (member.deadline) clearTimeout(member.deadline)
    member.tasks.shift()?.reject(error)
    this.#queue.unshift(...member.tasks.splice(0))
  }

  #arm(member: Member): void {
    if (member.deadline) clearTimeout(member.deadline)
    member.deadline = null
    if (!member.ready || member.tasks.length === 0) return
    member.deadline = setTimeout(() => {
      this.#members.delete(member) // while it dies nobody else may be given to it, and be blamed
      this.#dismiss(member, new WorkerLostError('deadline'))
      void member.thread.terminate() // its exit hires the next one
    }, this.#options.deadlineMs)
  }

  #dispatch(): void {
    while (this.#queue.length > 0) {
      let idlest: Member | null = null
      for (const member of this.#members) {
        if (member.tasks.length < (idlest?.tasks.length ?? TASKS_PER_WORKER)) idlest = member
      }
      if (idlest === null) return
      const task = this.#queue.shift() as Task
      idlest.tasks.push(task)
      idlest.thread.postMessage(task.message)
      if (idlest.tasks.length === 1) this.#arm(idlest)
    }
  }
}

/** The worker's side: answers each task in turn. `work` gives the answer and what of it may be moved instead of copied. */
export function serveWorkerPool<Request, Answer>(
  work: (request: Request) => { readonly answer: Answer; readonly transfer: readonly Transferable[] },
): void {
  const port = parentPort
  if (port === null) throw new Error('serveWorkerPool must run in a worker thread')
  port.on('message', (request: Request) => {
    try {
      const { answer, transfer } = work(request)
      port.postMessage({ answer }, transfer)
    } catch (error) {
      port.postMessage({ error })
    }
  })
  port.postMessage({ ready: true })
}
