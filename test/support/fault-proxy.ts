import { type IncomingMessage, type ServerResponse, request as send } from 'node:http'
import { LoopbackServer, respond } from './loopback-server.ts'

/**
 * What happens to a request on its way to a real server: passed on, passed on and its answer lost (or kept, with a
 * call when it is there), its connection reset before the server saw it, or answered here. `n` counts from 1.
 */
export type Fault =
  | 'pass'
  | 'lose the answer'
  | 'reset'
  | { readonly onAnswer: () => void }
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }
/** A request waits for its fault. */
export type FaultPlan = (request: IncomingMessage, n: number) => Fault | Promise<Fault>

/** Stands before a real HTTP server and lets requests fail by plan, which may be replaced at any time. */
export class FaultProxy implements AsyncDisposable {
  plan: FaultPlan = () => 'pass'
  readonly #server: LoopbackServer

  private constructor(server: LoopbackServer) {
    this.#server = server
  }

  /** `target`: origin of the server. */
  static async start(target: string): Promise<FaultProxy> {
    const proxy = new FaultProxy(await LoopbackServer.start(() => {}))
    proxy.#server.answer = async (request, response) => {
      const fault = await proxy.plan(request, proxy.#server.requests.length)
      if (fault === 'reset') request.socket.resetAndDestroy()
      else if (typeof fault === 'object' && 'status' in fault) {
        request.resume()
        request.once('end', () => respond(response, fault.status, fault.headers, fault.body))
      } else if (typeof fault === 'object') forward(target, request, response, fault.onAnswer)
      else forward(target, request, response, fault === 'pass' ? undefined : () => response.destroy())
    }
    return proxy
  }

  get url(): string {
    return this.#server.url
  }

  get requests(): readonly IncomingMessage[] {
    return this.#server.requests
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server[Symbol.asyncDispose]()
  }
}

/** The host header stays as it came: signatures cover it. With `instead` the answer goes nowhere. */
function forward(target: string, request: IncomingMessage, response: ServerResponse, instead?: () => void): void {
  const { method, headers } = request
  // A connection of its own: one that the server closes just now would look like a fault of ours.
  const onward = send(`${target}${request.url}`, { method, headers, agent: false }, (answer) => {
    // Cut off on one side, it must not stay open on the other.
    answer.once('close', () => answer.complete || response.destroy())
    if (instead !== undefined) {
      answer.resume()
      answer.once('end', instead)
      return
    }
    response.writeHead(answer.statusCode ?? 502, answer.rawHeaders)
    answer.pipe(response)
  })
  onward.on('error', () => response.destroy())
  response.once('close', () => response.writableFinished || onward.destroy())
  request.pipe(onward)
}
