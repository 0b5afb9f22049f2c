import { lookup as dnsLookup, type LookupAddress, type LookupOptions } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import ipaddr from 'ipaddr.js'
import { Agent, buildConnector } from 'undici'
import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'

/** How a host name becomes addresses: `dns.lookup` with `all: true`. */
export type Resolve = (
  hostname: string,
  options: LookupOptions & { readonly all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void

export interface GuardOptions {
  /** Configuration `network: { allowPrivate }`: lets connectors and webhooks reach this machine and its networks. */
  readonly allowPrivate: boolean
  readonly connectTimeoutMs?: number
  /** For tests; the system's resolver otherwise. */
  readonly resolve?: Resolve
}

/**
 * A dispatcher for every connection to an address that a user or a stranger chose: feeds, redirects, web sockets, webhooks.
 * The address is checked after it was resolved and that very address is connected to, so that a name cannot change its
 * answer between check and use (DNS rebinding). Use it with undici's `request`, `fetch` and `WebSocket`. A refused
 * connection fails with the PipelineError `ADDRESS_REFUSED` (config); `pipelineErrorIn` digs it out of wrapping errors.
 * undici's WebSocket forgets why it failed: there the dispatcher's event `connectionError` has the reason.
 */
export function createGuardedDispatcher(options: GuardOptions): Agent {
  const timeout = options.connectTimeoutMs ?? 10_000
  if (options.allowPrivate) return new Agent({ connect: { timeout } })

  const connect = buildConnector({ timeout, lookup: guardedLookup(options.resolve ?? dnsLookup) })
  return new Agent({
    connect: (target, callback) => {
      // No name to resolve, so `lookup` would never be asked.
      const literal = target.hostname.replace(/^\[|\]$/g, '')
      if (isIP(literal) !== 0 && !isPublicAddress(literal)) {
        callback(refusal(target.hostname, literal), null)
        return
      }
      connect(target, callback)
    },
  })
}

/** False for everything that is not reachable on the public internet, whatever its notation. */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false
  const parsed = ipaddr.process(address) // unwraps ::ffff:a.b.c.d
  if (parsed instanceof ipaddr.IPv4) {
    return parsed.range() === 'unicast' && !CLOUD_ADDRESSES.has(parsed.toString())
  }
  const [first = 0, second, ...rest] = parsed.parts
  // 64:ff9b::/96, which gateways of IPv6-only networks translate: the IPv4 address behind it decides.
  if (first === 0x64 && second === 0xff9b && rest.slice(0, 4).every((part) => part === 0)) {
    return isPublicAddress(new ipaddr.IPv4(parsed.toByteArray().slice(12)).toString())
  }
  // 2000::/3 is all there is of global unicast; this also keeps out the old ::a.b.c.d.
  return parsed.range() === 'unicast' && first >> 13 === 1
}

/** The first PipelineError in a chain of causes, such as the one that `fetch` and `WebSocket` wrap. */
export function pipelineErrorIn(error: unknown): PipelineError | null {
  let current = error
  for (let depth = 0; depth < 8 && current instanceof Error; depth++) {
    if (current instanceof PipelineError) return current
    current = current.cause
  }
  return null
}

/** Public by number, yet they answer with a virtual machine's secrets. */
const CLOUD_ADDRESSES = new Set(['168.63.129.16'])

function guardedLookup(resolve: Resolve): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      const [first] = addresses
      if (error) callback(error, '')
      else if (first === undefined || !addresses.every(({ address }) => isPublicAddress(address))) {
        callback(refusal(hostname, addresses.map(({ address }) => address).join(', ')), '')
      } else if (options.all) callback(null, addresses)
      else callback(null, first.address, first.family)
    })
  }
}

function refusal(hostname: string, addresses: string): PipelineError {
  const where = hostname === addresses ? addresses : `${hostname} (${addresses || 'no address'})`
  return new PipelineError(
    ErrorClass.Config,
    'ADDRESS_REFUSED',
    `${where} is not on the public internet; to let Earshot reach your own network, set network: { allowPrivate: true }`,
  )
}
