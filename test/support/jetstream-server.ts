import { createServer, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Clock } from '#infra/contracts/clock.ts'

/** The members of a v1 frame beside the two that the server adds. */
export interface JetstreamBody {
  readonly did: string
  readonly kind: string
  readonly [member: string]: unknown
}

interface Stored {
  readonly timeUs: number
  readonly frame: string
}

/** What a connection asked for. */
export interface Asked {
  readonly cursorUs: number | null
  readonly query: URLSearchParams
}

/**
 * Speaks the v1 wire of Jetstream on the loopback interface, with its habits: replay from the cursor on, inclusive; a cursor that is
 * older than what is kept silently becomes the oldest; one in the future, or none, means from now on; a bad one is refused with 400.
 * What was published before anybody ever listened is sent to the first who does, as if it happened then.
 */
export class JetstreamServer implements AsyncDisposable {
  readonly #clock: Clock
  readonly #http: Server
  readonly #sockets = new WebSocketServer({ noServer: true })
  readonly #open = new Set<Socket>()
  readonly #waiting: (() => string)[] = []
  #stored: Stored[] = []
  #lastUs = 0
  /** Every connection that was accepted, in order. */
  readonly asked: Asked[] = []
  /** Answers the next handshakes with these statuses; then they are accepted again. */
  readonly refusals: { readonly status: number; readonly headers?: Record<string, string> }[] = []
  /** Takes handshakes and never answers. */
  stalled = false
  /** Accepts and sends nothing. */
  silent = false
  /** Called instead of the replay; what is published meanwhile is not sent to this connection. */
  takeOver: ((socket: WebSocket, raw: Socket, asked: Asked) => void) | null = null

  private constructor(clock: Clock) {
    this.#clock = clock
    this.#http = createServer((_, response) => response.writeHead(426).end())
    this.#http.on('connection', (socket) => {
      this.#open.add(socket)
      socket.on('close', () => this.#open.delete(socket))
      socket.on('error', () => {})
    })
    this.#http.on('upgrade', (request, socket, head) => {
      const query = new URL(request.url ?? '', 'http://loopback').searchParams
      const refusal = this.refusals.shift() ?? (/^\d*$/.test(query.get('cursor') ?? '') ? null : { status: 400 })
      if (this.stalled) return
      if (refusal !== null) {
        const headers = Object.entries(refusal.headers ?? {}).map(([name, value]) => `${name}: ${value}\r\n`)
        socket.end(
          `HTTP/1.1 ${refusal.status} Refused\r\nContent-Length: 0\r\nConnection: close\r\n${headers.join('')}\r\n`,
        )
        return
      }
      this.#sockets.handleUpgrade(request, socket, head, (client) => this.#accept(client, socket as Socket, query))
    })
  }

  static async start(clock: Clock): Promise<JetstreamServer> {
    const server = new JetstreamServer(clock)
    await new Promise<void>((resolve) => server.#http.listen(0, '127.0.0.1', resolve))
    return server
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.#http.address() as AddressInfo).port}/subscribe`
  }

  /** How many connections are open. */
  get listeners(): number {
    return this.#open.size
  }

  /** Tells everybody who listens, and keeps it; `timeUs` otherwise is now. */
  publish(body: JetstreamBody, timeUs: number | null = null): void {
    if (timeUs === null) this.#happen(() => this.#frameOf(body, null))
    else this.#tell(this.#frameOf(body, timeUs))
  }

  /** Sends text as it stands, and keeps it for replays. */
  publishRaw(frame: string): void {
    this.#happen(() => this.#store(frame, null))
  }

  /** Forgets what is older, as retention does. */
  forgetBefore(timeUs: number): void {
    this.#stored = this.#stored.filter((stored) => stored.timeUs >= timeUs)
  }

  /** Ends all connections without a closing handshake: clients see code 1006. */
  cut(): void {
    for (const socket of this.#open) socket.destroy()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut()
    this.#sockets.close()
    await new Promise((resolve) => this.#http.close(resolve))
  }

  #accept(client: WebSocket, raw: Socket, query: URLSearchParams): void {
    const cursorUs = query.has('cursor') ? Number(query.get('cursor')) : null
    const asked = { cursorUs, query }
    this.asked.push(asked)
    client.on('error', () => {})
    if (this.takeOver !== null) {
      this.takeOver(client, raw, asked)
      return
    }
    if (this.silent) return
    if (cursorUs !== null && cursorUs <= this.#clock.now() * 1000) {
      for (const { frame, timeUs } of this.#stored) if (timeUs >= cursorUs) client.send(frame)
    }
    this.#sockets.clients.add(client)
    for (const frame of this.#waiting.splice(0)) this.#tell(frame())
  }

  #happen(frame: () => string): void {
    if (this.asked.length === 0) this.#waiting.push(frame)
    else this.#tell(frame())
  }

  #frameOf(body: JetstreamBody, timeUs: number | null): string {
    const stamped = timeUs ?? this.#nextUs()
    return this.#store(JSON.stringify({ ...body, time_us: stamped }), stamped)
  }

  #nextUs(): number {
    this.#lastUs = Math.max(this.#clock.now() * 1000, this.#lastUs + 1)
    return this.#lastUs
  }

  #store(frame: string, timeUs: number | null): string {
    this.#stored.push({ timeUs: timeUs ?? this.#nextUs(), frame })
    return frame
  }

  #tell(frame: string): void {
    if (this.silent) return
    for (const client of this.#sockets.clients) client.send(frame)
  }
}

/** A commit on a post; `text` null is a deletion. */
export const postCommit = (did: string, rkey: string, operation: string, record: object | null): JetstreamBody => ({
  did,
  kind: 'commit',
  commit: {
    rev: `rev-${rkey}-${operation}-${JSON.stringify(record).length}`,
    operation,
    collection: 'app.bsky.feed.post',
    rkey,
    ...(record !== null && { record: { $type: 'app.bsky.feed.post', ...record }, cid: 'bafyexample' }),
  },
})
