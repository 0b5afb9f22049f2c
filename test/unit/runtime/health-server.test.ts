import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { startHealthServer } from '#infra/runtime/health-server.ts'
import { createMetrics } from '#infra/runtime/metrics.ts'
import type { PartHealth, PartState } from '#infra/runtime/supervisor.ts'

/** A port that nobody holds at this moment. */
async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

const part = (state: PartState): PartHealth => ({ state, since: 1, restarts: 0, problem: null })

async function open(health = new Map<string, PartHealth>(), host?: string) {
  const port = await freePort()
  const metrics = createMetrics()
  const server = await startHealthServer({ host, port, registry: metrics.registry, health })
  return {
    port,
    metrics,
    health,
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}

describe('the health server', () => {
  it('answers 200 while every part is well, 503 otherwise, and tells the parts as they are now', async () => {
    await using server = await open(
      new Map([
        ['index', part('running')],
        ['file', part('done')],
      ]),
    )
    const well = await fetch(`${server.url}/health?x=1`)
    expect(well.status).toBe(200)
    expect(await well.json()).toEqual({ well: true, parts: { index: part('running'), file: part('done') } })
    for (const state of ['waiting', 'failed'] as const) {
      server.health.set('index', part(state))
      const ill = await fetch(`${server.url}/health`)
      expect(ill.status).toBe(503)
      expect(await ill.json()).toMatchObject({ well: false, parts: { index: { state } } })
    }
  })

  it('serves the metrics in the Prometheus form', async () => {
    await using server = await open()
    server.metrics.partRestarts.inc({ part: 'index' })
    const response = await fetch(`${server.url}/metrics`)
    expect(response.headers.get('content-type')).toMatch(/^text\/plain/)
    expect(await response.text()).toContain('part_restarts_total{part="index"} 1')
  })

  it('knows nothing else, and takes nothing', async () => {
    await using server = await open()
    expect((await fetch(`${server.url}/`)).status).toBe(404)
    expect((await fetch(`${server.url}/health`, { method: 'POST', body: 'x' })).status).toBe(405)
  })

  it('listens on the loopback alone, or on the address that it is given', async () => {
    await using everywhere = await open(new Map(), '127.0.0.2')
    expect((await fetch(`http://127.0.0.2:${everywhere.port}/health`)).status).toBe(200)
    await expect(fetch(`${everywhere.url}/health`)).rejects.toThrow()
    await using loopback = await open()
    await expect(fetch(`http://127.0.0.2:${loopback.port}/health`)).rejects.toThrow()
    await expect(open(new Map(), '192.0.2.1')).rejects.toMatchObject({
      ...{ class: 'config', code: 'PORT_REFUSED', message: expect.stringContaining('--health-host') },
    })
  })

  it('says which port is taken and what to do', async () => {
    await using server = await open()
    const second = startHealthServer({ port: server.port, registry: server.metrics.registry, health: server.health })
    await expect(second).rejects.toMatchObject({
      ...{ class: 'config', code: 'PORT_IN_USE', message: expect.stringContaining('--health-port') },
    })
  })

  it('ends although a client keeps its connection, and gives the port back', async () => {
    const server = await open()
    await (await fetch(`${server.url}/health`)).text()
    await server[Symbol.asyncDispose]()
    await expect(fetch(`${server.url}/health`)).rejects.toThrow()
    await using _again = await startHealthServer({
      port: server.port,
      registry: server.metrics.registry,
      health: server.health,
    })
  })
})
