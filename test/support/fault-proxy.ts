import { type IncomingMessage, type ServerResponse, request as send } from 'node:http'
import { LoopbackServer, respond } from './loopback-server.ts'

/**
 * What happens to a request on its way to a real server: passed on, answered here, or passed on and its answer lost. `n` counts
 * from 1.
 */
export type Fault =
  | 'pass'
  | 'lose the answer'
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
      if (typeof fault === 'object') {
        request.resume()
        request.once('end', () => respond(response, fault.status, fault.headers, fault.body))
      } else {
        forward(target, request, response, fault === 'lose the answer')
      }
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

/** The host header stays as it came: signatures cover it. */
function forward(target: string, request: IncomingMessage, response: ServerResponse, lose: boolean): void {
  const { method, headers } = request
  const onward = send(`${target}${request.url}`, { method, headers }, (answer) => {
    if (lose) {
      answer.resume()
      answer.once('end', () => response.destroy())
      return
    }
    response.writeHead(answer.statusCode ?? 502, answer.rawHeaders)
    answer.pipe(response)
  })
  onward.once('error', () => response.destroy())
  request.pipe(onward)
}
