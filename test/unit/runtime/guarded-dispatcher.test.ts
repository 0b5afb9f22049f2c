import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { request, fetch as undiciFetch, WebSocket } from 'undici'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  createGuardedDispatcher,
  isPublicAddress,
  pipelineErrorIn,
  type Resolve,
} from '#infra/runtime/guarded-dispatcher.ts'

const CLOSED = [
  ...['127.0.0.1', '127.8.9.10', '10.1.2.3', '172.16.0.1', '192.168.1.1', '169.254.169.254', '100.100.100.200'],
  ...['0.0.0.0', '255.255.255.255', '224.0.0.1', '198.18.0.1', '192.0.0.192', '168.63.129.16'],
  ...['::1', '::', 'fe80::1', 'fc00::1', 'fd00:ec2::254', 'fec0::1', 'ff02::1'],
  ...['::ffff:127.0.0.1', '::ffff:7f00:1', '::127.0.0.1', '::7f00:1', '::ffff:0:127.0.0.1'],
  ...['64:ff9b::7f00:1', '64:ff9b::a9fe:a9fe', '64:ff9b:1::808:808', '2002:7f00:1::', '2001::1', '2001:db8::1'],
  ...['not an address', ''],
]
const OPEN = ['8.8.8.8', '172.15.0.1', '2606:4700::1111', '::ffff:8.8.8.8', '64:ff9b::808:808']

describe('isPublicAddress', () => {
  it.each(CLOSED)('keeps out %s', (address) => expect(isPublicAddress(address)).toBe(false))
  it.each(OPEN)('lets through %s', (address) => expect(isPublicAddress(address)).toBe(true))
})

describe('createGuardedDispatcher', () => {
  let connections = 0
  const server = createServer((_, response) => response.end('inside'))
  server.on('connection', () => connections++)
  beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)))
  afterAll(() => new Promise((resolve) => server.close(resolve)))
  const port = (): number => (server.address() as AddressInfo).port

  const answering =
    (...addresses: string[]): Resolve =>
    (_hostname, _options, callback) =>
      callback(
        null,
        addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      )

  async function refusedBy(attempt: Promise<unknown>): Promise<string> {
    const error = pipelineErrorIn(await attempt.then(() => null).catch((reason: unknown) => reason))
    expect(error).toMatchObject({ class: 'config', code: 'ADDRESS_REFUSED' })
    return error?.message ?? ''
  }

  it('refuses literal addresses in every notation, with the remedy, before a connection is made', async () => {
    await using dispatcher = disposable(createGuardedDispatcher({ allowPrivate: false }))
    for (const host of ['127.0.0.1', '2130706433', '0x7f.1', '[::1]', '[::ffff:127.0.0.1]', 'localhost']) {
      const message = await refusedBy(request(`http://${host}:${port()}/`, { dispatcher }))
      expect(message).toContain('network: { allowPrivate: true }')
    }
    expect(connections).toBe(0)
  })

  it('refuses a name that resolves inside, also through fetch and WebSocket', async () => {
    await using dispatcher = disposable(
      createGuardedDispatcher({ allowPrivate: false, resolve: answering('127.0.0.1', '::1') }),
    )
    const message = await refusedBy(request(`http://feeds.example:${port()}/`, { dispatcher }))
    expect(message).toContain('feeds.example (127.0.0.1, ::1)')
    await refusedBy(undiciFetch(`http://feeds.example:${port()}/`, { dispatcher }))
    await refusedBy(
      new Promise((_, reject) => {
        dispatcher.once('connectionError', (_origin, _targets, error) => reject(error))
        new WebSocket(`ws://feeds.example:${port()}/`, { dispatcher })
      }),
    )
    expect(connections).toBe(0)
  })

  it('refuses a name as soon as one of its addresses is private, and asks once', async () => {
    let asked = 0
    await using dispatcher = disposable(
      createGuardedDispatcher({
        allowPrivate: false,
        resolve: (hostname, options, callback) => {
          asked++
          answering('8.8.8.8', '127.0.0.1')(hostname, options, callback)
        },
      }),
    )
    await refusedBy(request(`http://rebinding.example:${port()}/`, { dispatcher }))
    expect(asked).toBe(1)
    expect(connections).toBe(0)
  })

  it('reaches this machine when the configuration allows it', async () => {
    await using dispatcher = disposable(createGuardedDispatcher({ allowPrivate: true }))
    const response = await request(`http://127.0.0.1:${port()}/`, { dispatcher })
    expect(await response.body.text()).toBe('inside')
    expect(connections).toBe(1)
  })
})

function disposable<T extends { destroy(): Promise<void> }>(resource: T): T & AsyncDisposable {
  return Object.assign(resource, { [Symbol.asyncDispose]: () => resource.destroy() })
}
