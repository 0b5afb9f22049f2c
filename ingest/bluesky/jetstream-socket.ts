import type { Duplex } from 'node:stream'
import { type Dispatcher, WebSocket } from 'undici'
import type { Clock } from '#infra/contracts/clock.ts'
import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'
import { pipelineErrorIn } from '#infra/runtime/guarded-dispatcher.ts'
import { retryAfterMs } from '#infra/runtime/retry-after.ts'

const OPEN_WITHIN_MS = 20_000
const MAX_FRAMES = 20_000
const MAX_CHARACTERS = 32 << 20

export interface SocketContext {
  readonly dispatcher: Dispatcher
  readonly clock: Clock
}

/** Text, or bytes when the server sent a binary frame. */
export type Frame = string | Uint8Array

/**
 * One connection to a Jetstream server, read by pulling. Frames that nobody pulls wait in a bounded buffer; when it is full the
 * connection is given up, because this protocol cannot pause, and what is in the buffer can still be pulled.
 */
export class JetstreamSocket implements Disposable {
  readonly #socket: WebSocket
  readonly #handshake: Handshake
  readonly #clock: Clock
  #frames: Frame[] = []
  #taken = 0
  #characters = 0
  #closed: string | null = null
  #wake: () => void = () => {}

  private constructor(socket: WebSocket, handshake: Handshake, clock: Clock) {
    this.#socket = socket
    this.#handshake = handshake
    this.#clock = clock
    socket.binaryType = 'arraybuffer'
    socket.addEventListener('message', ({ data }) => this.#keep(data))
    socket.addEventListener('close', ({ code }) => this.#end(`closed with code ${code}`))
    socket.addEventListener('error', () => {}) // `close` follows
  }

  /**
   * Resolves when the server has accepted. Rejects with a PipelineError: STREAM_REFUSED (config: asking again will not help),
   * ADDRESS_REFUSED (config), STREAM_UNREACHABLE (transient, with the pause that the server asked for).
   */
  static async open(url: string, { dispatcher, clock }: SocketContext, signal: AbortSignal): Promise<JetstreamSocket> {
    const handshake = new Handshake()
    const socket = new WebSocket(url, { dispatcher: handshake.watch(dispatcher) })
    const stream = new JetstreamSocket(socket, handshake, clock)
    const waiting = new AbortController()
    const opened = new Promise<boolean>((resolve) => {
      socket.addEventListener('open', () => resolve(true))
      socket.addEventListener('close', () => resolve(false))
    })
    const late = clock.sleep(OPEN_WITHIN_MS, AbortSignal.any([signal, waiting.signal])).then(
      () => false,
      () => false,
    )
    const isOpen = await Promise.race([opened, late])
    waiting.abort()
    if (isOpen && !signal.aborted) return stream
    stream[Symbol.dispose]()
    signal.throwIfAborted()
    throw handshake.failure(new URL(url).host, clock.now())
  }

  /** Why it ended; null while it is open. */
  get closed(): string | null {
    return this.#closed
  }

  /** The next frame; null when none came for `ms`, when none can come (`closed` says so), or the signal aborts. */
  async next(ms: number, signal: AbortSignal): Promise<Frame | null> {
    if (this.#taken === this.#frames.length && this.#closed === null) await this.#wait(ms, signal)
    const frame = this.#frames[this.#taken]
    if (frame === undefined) return null
    this.#taken++
    this.#characters -= frame.length
    if (this.#taken === this.#frames.length) {
      this.#frames = []
      this.#taken = 0
    }
    return frame
  }

  /** Ends the connection at once; a server that has gone silent would not answer a closing handshake. */
  [Symbol.dispose](): void {
    this.#end('closed by us')
    this.#socket.close()
    this.#handshake.socket?.destroy()
  }

  async #wait(ms: number, signal: AbortSignal): Promise<void> {
    const waiting = new AbortController()
    const awake = new Promise<void>((resolve) => {
      this.#wake = resolve
    })
    const until = AbortSignal.any([signal, waiting.signal])
    await Promise.race([awake, this.#clock.sleep(ms, until).catch(() => {})])
    waiting.abort()
  }

  #keep(data: unknown): void {
    if (this.#closed !== null) return
    const frame = typeof data === 'string' ? data : new Uint8Array(data as ArrayBuffer)
    this.#frames.push(frame)
    this.#characters += frame.length
    if (this.#frames.length - this.#taken >= MAX_FRAMES || this.#characters >= MAX_CHARACTERS) {
      this[Symbol.dispose]()
      this.#closed = 'given up, because it is faster than we are'
    }
    this.#wake()
  }

  #end(why: string): void {
    this.#closed ??= why
    this.#wake()
  }
}

/** What undici's WebSocket keeps to itself: the server's answer, the reason of a failure, the connection. */
class Handshake {
  socket: Duplex | null = null
  #status: number | null = null
  #headers: Readonly<Record<string, string>> = {}
  #error: unknown = null

  watch(dispatcher: Dispatcher): Dispatcher {
    return dispatcher.compose((dispatch) => (options, handler) => dispatch(options, this.#watched(handler)))
  }

  failure(host: string, now: number): PipelineError {
    const known = pipelineErrorIn(this.#error)
    if (known?.class === ErrorClass.Config) return known
    const status = this.#status
    // 408 and 429 pass; 426 and the like do not.
    if (status !== null && status >= 400 && status < 500 && status !== 408 && status !== 429) {
      const message = `${host} refuses the stream (HTTP ${status}); check the address, which ends in /subscribe`
      return new PipelineError(ErrorClass.Config, 'STREAM_REFUSED', message)
    }
    const code = (this.#error as NodeJS.ErrnoException | null)?.code
    const why = status !== null && status !== 101 ? `HTTP ${status}` : (code ?? 'no answer')
    const pause = status === 429 || status === 503 ? retryAfterMs(this.#headers, now) : null
    return new PipelineError(ErrorClass.Transient, 'STREAM_UNREACHABLE', `${host} cannot be reached (${why})`, {
      cause: this.#error,
      ...(pause !== null && { retryAfterMs: pause }),
    })
  }

  #watched(handler: Dispatcher.DispatchHandler): Dispatcher.DispatchHandler {
    return {
      onRequestStart: (controller, context) => handler.onRequestStart?.(controller, context),
      onRequestUpgrade: (controller, status, headers, socket) => {
        this.socket = socket
        handler.onRequestUpgrade?.(controller, status, headers, socket)
      },
      onResponseStart: (controller, status, headers, statusMessage) => {
        this.#status = status
        this.#headers = Object.fromEntries(
          Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
        )
        handler.onResponseStart?.(controller, status, headers, statusMessage)
      },
      onResponseData: (controller, chunk) => handler.onResponseData?.(controller, chunk),
      onResponseEnd: (controller, trailers) => handler.onResponseEnd?.(controller, trailers),
      onResponseError: (controller, error) => {
        this.#error ??= error
        handler.onResponseError?.(controller, error)
      },
    }
  }
}
