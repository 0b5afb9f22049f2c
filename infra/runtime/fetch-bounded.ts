import { type Dispatcher, request } from 'undici'
import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'
import { decodeBody } from './decode-body.ts'
import { pipelineErrorIn } from './guarded-dispatcher.ts'

export interface FetchLimits {
  /** For everything: redirects, waiting and the whole body. */
  readonly timeoutMs: number
  readonly maxRedirects: number
  /** As sent. */
  readonly maxBytes: number
  /** Unpacked. */
  readonly maxDecodedBytes: number
}

export const DEFAULT_LIMITS: FetchLimits = {
  timeoutMs: 20_000,
  maxRedirects: 5,
  maxBytes: 10_000_000,
  maxDecodedBytes: 10_000_000,
}

export interface FetchRequest {
  /** Userinfo becomes a Basic `Authorization`. */
  readonly url: string
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  readonly limits: FetchLimits
}

export interface FetchedResponse {
  readonly status: number
  /** Lower-case names; repeated ones joined by ", ". */
  readonly headers: Readonly<Record<string, string>>
  /** Unpacked. */
  readonly bytes: Uint8Array
  /** Where the answer came from. */
  readonly url: string
  /** Where an unbroken chain of permanent redirects (301, 308) led; null when there was none. */
  readonly movedTo: string | null
}

/**
 * One GET that cannot run away. Resolves with any HTTP status; each redirect goes through the same guarded dispatcher.
 * Rejects with the signal's reason when the caller aborts, else with a PipelineError: FETCH_TIMEOUT, FETCH_FAILED and BODY_DAMAGED
 * (transient), BODY_TOO_LARGE, ENCODING_UNKNOWN and REDIRECT_REFUSED (permanent), ADDRESS_REFUSED and URL_INVALID (config).
 * Messages name the host and hold neither userinfo, path nor query.
 */
export async function fetchBounded(
  wanted: FetchRequest,
  dispatcher: Dispatcher,
  signal: AbortSignal,
): Promise<FetchedResponse> {
  const timeout = AbortSignal.timeout(wanted.limits.timeoutMs)
  const either = AbortSignal.any([signal, timeout])
  let url = parseUrl(wanted.url)
  let movedTo: string | null = null
  let redirected = false
  let headers = withCredentials(url, wanted.headers)
  try {
    for (let hops = 0, permanent = true; ; hops++) {
      const response = await request(bare(url), { dispatcher, headers, signal: either })
      const { location } = response.headers
      if (!isRedirect(response.statusCode) || typeof location !== 'string') {
        const bytes = await readBody(response, wanted.limits)
        return { status: response.statusCode, headers: flatten(response.headers), bytes, url: bare(url), movedTo }
      }
      response.body.on('error', () => {}).destroy()
      if (hops >= wanted.limits.maxRedirects) throw redirectRefused(`more than ${hops} redirects`)
      const target = redirectTarget(location, url)
      permanent &&= response.statusCode === 301 || response.statusCode === 308
      if (permanent) movedTo = bare(target)
      if (target.origin !== url.origin) headers = withCredentials(target, withoutSecrets(wanted.headers))
      url = target
      redirected = true
    }
  } catch (error) {
    if (signal.aborted) throw signal.reason
    throw explained(error, url, redirected, timeout, wanted.limits)
  }
}

/** A URL as it may be shown and logged: without userinfo, query and fragment, where secrets live. */
export function displayUrl(url: string): string {
  const parsed = URL.parse(url)
  return parsed === null ? 'an invalid URL' : parsed.origin + parsed.pathname
}

async function readBody({ body, headers }: Dispatcher.ResponseData, limits: FetchLimits): Promise<Buffer> {
  const tooLarge = (): PipelineError => {
    body.on('error', () => {}).destroy()
    const limit = `${limits.maxBytes.toLocaleString('en')} bytes`
    return new PipelineError(
      ErrorClass.Permanent,
      'BODY_TOO_LARGE',
      `the body has more than ${limit}; name an address that gives less`,
    )
  }
  if (Number(headers['content-length']) > limits.maxBytes) throw tooLarge()
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of body as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > limits.maxBytes) throw tooLarge()
    chunks.push(chunk)
  }
  return decodeBody(Buffer.concat(chunks), flatten(headers)['content-encoding'] ?? '', limits.maxDecodedBytes)
}

/** 304 is an answer and 300 a choice for people. */
const isRedirect = (status: number): boolean => [301, 302, 303, 307, 308].includes(status)

function redirectTarget(location: string, from: URL): URL {
  const target = URL.parse(location, from.href)
  if (target === null || !/^https?:$/.test(target.protocol))
    throw redirectRefused('a redirect to something else than http')
  return target
}

const redirectRefused = (why: string): PipelineError =>
  new PipelineError(ErrorClass.Permanent, 'REDIRECT_REFUSED', `${why}; configure the address that the redirects end at`)

function parseUrl(text: string): URL {
  const url = URL.parse(text)
  if (url !== null && /^https?:$/.test(url.protocol)) return url
  throw new PipelineError(ErrorClass.Config, 'URL_INVALID', `${displayUrl(text)} is no http or https URL`)
}

/** undici ignores userinfo. */
function withCredentials(url: URL, headers: FetchRequest['headers']): Record<string, string> {
  if (url.username === '' && url.password === '') return { ...headers }
  const pair = Buffer.from(unescaped(`${url.username}:${url.password}`))
  return { ...headers, authorization: `Basic ${pair.toString('base64')}` }
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text // a bare % is taken as it is
  }
}

function withoutSecrets({ authorization: _, cookie: __, ...rest }: FetchRequest['headers']): FetchRequest['headers'] {
  return rest
}

function bare(url: URL): string {
  const copy = new URL(url)
  copy.username = ''
  copy.password = ''
  copy.hash = ''
  return copy.href
}

function flatten(headers: Dispatcher.ResponseData['headers']): Record<string, string> {
  const flat: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(', ') : value
  }
  return flat
}

function explained(
  error: unknown,
  url: URL,
  redirected: boolean,
  timeout: AbortSignal,
  limits: FetchLimits,
): PipelineError {
  const known = pipelineErrorIn(error)
  if (known?.class === ErrorClass.Config) {
    // A stranger's redirect must not look like a mistake in the configuration, which stops the program.
    return redirected ? redirectRefused(`a redirect to an address that is refused: ${known.message}`) : known
  }
  if (known !== null)
    return new PipelineError(known.class, known.code, `${url.host}: ${known.message}`, { cause: error })
  if (timeout.aborted) {
    const message = `${url.host} did not answer in full within ${limits.timeoutMs / 1000} s`
    return new PipelineError(ErrorClass.Transient, 'FETCH_TIMEOUT', message, { cause: error })
  }
  const { code } = error as NodeJS.ErrnoException
  if (code === undefined) throw error // every failure of the network has a code: this is a bug
  const message = `${url.host} could not be read (${code})`
  return new PipelineError(ErrorClass.Transient, 'FETCH_FAILED', message, { cause: error })
}
