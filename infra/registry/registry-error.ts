import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'

/** What went wrong, in the words of the registry at most. */
const MAX_REASON = 400

const hostOf = (url: string): string => URL.parse(url)?.host ?? 'an invalid address'

export const registryError = (url: string, code: string, what: string): PipelineError =>
  new PipelineError(ErrorClass.Config, code, `schema registry ${hostOf(url)}: ${what}`)

/** A request that got no answer. */
export function networkError(url: string, error: unknown): unknown {
  const { code, name } = error as { readonly code?: string; readonly name?: string }
  if (code !== undefined && /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS|ERR_SSL/.test(code))
    return registryError(
      url,
      'REGISTRY_TLS_REFUSED',
      `its certificate is not trusted (${code}); check kafka.registry.ca`,
    )
  if (code === undefined && name !== 'TimeoutError') return error // every failure of the network has a code: this is a bug
  const message = `schema registry ${hostOf(url)} does not answer (${code ?? 'time is up'}); check that it runs, and kafka.registry.url`
  return new PipelineError(ErrorClass.Transient, 'REGISTRY_UNAVAILABLE', message, { cause: error })
}

/** An answer that is none: refused, or of something else than a registry. */
export function answerError(url: string, status: number, said: unknown, pauseMs: number | null): PipelineError {
  const reason = typeof said === 'string' ? `: ${said.slice(0, MAX_REASON)}` : ''
  if (status === 408 || status === 429 || status >= 500) {
    const message = `schema registry ${hostOf(url)} is busy or broken (${status}${reason}); look at its log if this lasts`
    const details = pauseMs === null ? {} : { retryAfterMs: pauseMs }
    return new PipelineError(ErrorClass.Transient, 'REGISTRY_UNAVAILABLE', message, details)
  }
  switch (status) {
    case 401:
      return registryError(url, 'REGISTRY_LOGIN_REFUSED', 'the login was refused; check kafka.registry.auth')
    case 403:
      return registryError(url, 'REGISTRY_NOT_PERMITTED', `not permitted${reason}; give this user the right`)
    case 409:
      return registryError(
        url,
        'SCHEMA_INCOMPATIBLE',
        `another program has registered schemas under our subject that ours cannot stand beside${reason}; ` +
          'remove them there, or choose another namespace',
      )
    case 422:
      return registryError(url, 'REGISTRY_REFUSED', `it refuses the schema${reason}; ask for its rules`)
    default:
      return registryError(
        url,
        'REGISTRY_URL_WRONG',
        `no schema registry answers there (${status}${reason}); kafka.registry.url is where /subjects is, ` +
          'for Apicurio it ends in /apis/ccompat/v7',
      )
  }
}
