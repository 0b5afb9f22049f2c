import { readFile } from 'node:fs/promises'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { RegistryClient } from '#infra/registry/registry-client.ts'
import { systemClock } from '#infra/runtime/system-clock.ts'
import { LoopbackServer, respond } from '#test/support/loopback-server.ts'

const auth = { username: 'mia', password: 'hunter2' }
const clientOf = (url: string, ca: string | null = null) => new RegistryClient({ url, auth, ca, clock: systemClock })

describe('a registry that does not answer as it should', () => {
  it.each([
    [401, '{"error_code":401,"message":"no"}', 'config', 'REGISTRY_LOGIN_REFUSED', /kafka\.registry\.auth/],
    [
      403,
      '{"error_code":40301,"message":"User is denied"}',
      'config',
      'REGISTRY_NOT_PERMITTED',
      /User is denied.*right/,
    ],
    [404, '{"error_code":404,"message":"HTTP 404 Not Found"}', 'config', 'REGISTRY_URL_WRONG', /kafka\.registry\.url/],
    [404, '<html>nothing here</html>', 'config', 'REGISTRY_URL_WRONG', /kafka\.registry\.url/],
    [200, '<html>welcome</html>', 'config', 'REGISTRY_URL_WRONG', /kafka\.registry\.url/],
    [302, '', 'config', 'REGISTRY_URL_WRONG', /kafka\.registry\.url/],
    [422, '{"error_code":42201,"message":"bad schema"}', 'config', 'REGISTRY_REFUSED', /bad schema/],
    [429, '{"error_code":42901,"message":"slowly"}', 'transient', 'REGISTRY_UNAVAILABLE', /slowly/],
    [500, '{"error_code":50001,"message":"no leader"}', 'transient', 'REGISTRY_UNAVAILABLE', /no leader/],
    [503, '', 'transient', 'REGISTRY_UNAVAILABLE', /503/],
  ])('with %s %s is an error of its class that names the remedy', async (status, body, errorClass, code, message) => {
    await using server = await LoopbackServer.start((_, response) => respond(response, status, {}, body))
    await using client = clientOf(server.url)
    const error = await client.schema(1).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ class: errorClass, code, message: expect.stringMatching(message) })
    expect(String(error)).not.toContain('hunter2')
  })

  it('is asked again after the pause that it names', async () => {
    await using server = await LoopbackServer.start((_, response) =>
      respond(response, 429, { 'retry-after': '7' }, '{}'),
    )
    await using client = clientOf(server.url)
    await expect(client.schema(1)).rejects.toMatchObject({ retryAfterMs: 7_000 })
  })

  it('because it is not there is a passing error', async () => {
    const server = await LoopbackServer.start(() => {})
    const { url } = server
    await server[Symbol.asyncDispose]()
    await using client = clientOf(url)
    await expect(client.schema(1)).rejects.toMatchObject({
      ...{ class: 'transient', code: 'REGISTRY_UNAVAILABLE' },
      message: expect.stringMatching(/ECONNREFUSED.*kafka\.registry\.url/),
    })
  })

  it('because it hangs up is a passing error', async () => {
    await using server = await LoopbackServer.start((request) => request.socket.destroy())
    await using client = clientOf(server.url)
    await expect(client.schema(1)).rejects.toMatchObject({ class: 'transient', code: 'REGISTRY_UNAVAILABLE' })
  })
})

describe('a registry', () => {
  it('is told who asks, and answers null for what it does not have', async () => {
    await using server = await LoopbackServer.start((_, response) =>
      respond(response, 404, {}, '{"error_code":40403,"message":"Schema not found"}'),
    )
    await using client = clientOf(`${server.url}/base/`)
    expect(await client.schema(7)).toBe(null)
    const [request] = server.requests
    expect([request?.url, request?.headers.authorization]).toEqual(['/base/schemas/ids/7', 'Basic bWlhOmh1bnRlcjI='])
  })

  it('is trusted by its own authority, and only by that', async () => {
    const fixture = (name: string) => readFile(new URL(`../../fixtures/tls/${name}`, import.meta.url), 'utf8')
    const [cert, key] = [await fixture('certificate.pem'), await fixture('key.pem')]
    const server = createServer({ cert, key }, (_, response) => respond(response, 200, {}, '{"schema":"\\"int\\""}'))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const url = `https://localhost:${(server.address() as AddressInfo).port}`
    await using trusting = clientOf(url, cert)
    await using doubting = clientOf(url)
    expect(await trusting.schema(1)).toBe('"int"')
    await expect(doubting.schema(1)).rejects.toMatchObject({ class: 'config', code: 'REGISTRY_TLS_REFUSED' })
    server.closeAllConnections()
    server.close()
  })
})
