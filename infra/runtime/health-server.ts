import { createServer, type Server } from 'node:http'
import type { Registry } from 'prom-client'
import { ErrorClass, PipelineError } from '../contracts/errors.ts'
import type { PartHealth } from './supervisor.ts'

export interface HealthServerOptions {
  /** Address that it listens on; without one the loopback. */
  readonly host?: string | undefined
  readonly port: number
  readonly registry: Registry
  readonly health: ReadonlyMap<string, PartHealth>
}

/**
 * `GET /health` (200 while every part runs, else 503, with the parts as JSON) and `GET /metrics` (Prometheus). Neither tells
 * what anybody wrote. Rejects with a config error when the port is taken, or the address is none of this machine.
 */
export async function startHealthServer(options: HealthServerOptions): Promise<AsyncDisposable> {
  const { host = '127.0.0.1', port, registry, health } = options
  const server = createServer((request, response) => {
    const path = request.url?.split('?')[0]
    if (request.method !== 'GET') {
      response.writeHead(405, { allow: 'GET' }).end()
    } else if (path === '/health') {
      const parts = Object.fromEntries(health)
      const well = [...health.values()].every(({ state }) => state !== 'failed' && state !== 'waiting')
      response.writeHead(well ? 200 : 503, { 'content-type': 'application/json' }).end(JSON.stringify({ well, parts }))
    } else if (path === '/metrics') {
      registry.metrics().then(
        (text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text),
        () => response.writeHead(500).end(),
      )
    } else {
      response.writeHead(404).end()
    }
  })
  await listen(server, host, port)
  return {
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const taken = cause.code === 'EADDRINUSE'
      const message = taken
        ? `port ${port} is in use: choose another with --health-port, or stop the program that holds it`
        : `cannot listen on ${host}, port ${port} (${cause.code}): choose others with --health-host and --health-port`
      reject(new PipelineError(ErrorClass.Config, taken ? 'PORT_IN_USE' : 'PORT_REFUSED', message, { cause }))
    })
    server.listen(port, host, () => resolve())
  })
}
