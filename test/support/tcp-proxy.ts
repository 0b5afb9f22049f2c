import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { systemClock } from '#infra/runtime/system-clock.ts'

/**
 * What happens to connections: passed on; held back (they stay open and nothing gets through); or cut, and new ones with them.
 */
export type Way = 'open' | 'stalled' | 'cut'

/** Stands before a real server of any protocol. What it does may be changed at any time; open connections follow. */
export class TcpProxy implements AsyncDisposable {
  /** How much later everything arrives that clients send, in milliseconds. */
  delayMs = 0
  connections = 0
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #way: Way = 'open'
  /** Resolved while the way is open. */
  #opened = Promise.withResolvers<void>()

  private constructor(target: () => number) {
    this.#opened.resolve()
    this.#server = createServer((client) => this.#join(client, target()))
  }

  /** `target`: port of the server on this machine, asked for at each connection. */
  static async start(target: () => number): Promise<TcpProxy> {
    const proxy = new TcpProxy(target)
    proxy.#server.listen(0, '127.0.0.1')
    await once(proxy.#server, 'listening')
    return proxy
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  get way(): Way {
    return this.#way
  }

  set way(way: Way) {
    if (way === 'stalled' && this.#way !== 'stalled') this.#opened = Promise.withResolvers()
    if (way !== 'stalled') this.#opened.resolve()
    this.#way = way
    if (way === 'cut') for (const socket of this.#sockets) socket.resetAndDestroy()
  }

  #join(client: Socket, port: number): void {
    this.connections++
    client.on('error', () => {}) // its end is told by `close`
    if (this.#way === 'cut') {
      client.resetAndDestroy()
      return
    }
    const server = connect(port, '127.0.0.1')
    server.on('error', () => {})
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(from)
      from.setNoDelay(true)
      from.on('close', () => {
        this.#sockets.delete(from)
        to.destroy()
      })
    }
    this.#carry(client, server, () => this.delayMs)
    this.#carry(server, client, () => 0)
  }

  /** In order, each piece as late as the delay says, and none while the way is stalled. */
  #carry(from: Socket, to: Socket, delayMs: () => number): void {
    let carried = Promise.resolve()
    from.on('data', (bytes) => {
      const due = performance.now() + delayMs()
      carried = carried.then(async () => {
        const wait = due - performance.now()
        if (wait > 0) await systemClock.sleep(wait)
        await this.#opened.promise
        if (!to.destroyed) to.write(bytes)
      })
    })
    from.on('end', () => {
      carried = carried.then(async () => void to.end())
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.way = 'cut'
    this.#server.close()
    await once(this.#server, 'close')
  }
}
