import { errors } from '@elastic/elasticsearch'
import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'

/** HTTP states with which a server asks to come again later. */
export const isBusy = (status: number): boolean => status === 429 || status === 502 || status === 503 || status === 504

/** Runs a request; what fails is told with its class and remedy. An answer that no operator can mend stays as it is: a bug. */
export async function asked<T>(what: string, request: Promise<T>): Promise<T> {
  try {
    return await request
  } catch (error) {
    throw classified(what, error)
  }
}

function classified(what: string, error: unknown): unknown {
  if (error instanceof errors.ResponseError) return ofResponse(what, error)
  if (error instanceof errors.ProductNotSupportedError) {
    const message = `${what}: the server at elasticsearch.url is not Elasticsearch; Earshot needs Elasticsearch 8.19 or 9`
    return new PipelineError(ErrorClass.Config, 'NOT_ELASTICSEARCH', message, { cause: error })
  }
  const isNetwork =
    error instanceof errors.ConnectionError ||
    error instanceof errors.TimeoutError ||
    error instanceof errors.NoLivingConnectionsError
  if (!isNetwork) return error
  if (isCertificate(error)) {
    const message = `${what}: the server's certificate is not trusted (${error.message}); give its authority as elasticsearch.ca`
    return new PipelineError(ErrorClass.Config, 'ELASTICSEARCH_UNTRUSTED', message, { cause: error })
  }
  const message = `${what}: Elasticsearch does not answer (${error.message}); see that it runs and that elasticsearch.url is right`
  return new PipelineError(ErrorClass.Transient, 'ELASTICSEARCH_UNREACHABLE', message, { cause: error })
}

const isCertificate = ({ message }: Error): boolean => /certificate|self-signed/i.test(message)

function ofResponse(what: string, error: errors.ResponseError): unknown {
  const status = error.statusCode ?? 0
  const type = errorType(error.body)
  if (isBusy(status)) return overloaded(what, `answered ${status}`, error)
  if (status === 401 || status === 403) {
    const message = `${what}: Elasticsearch refuses these credentials (${status} ${type}); check elasticsearch.auth and its privileges on the indices of this namespace`
    return new PipelineError(ErrorClass.Config, 'ELASTICSEARCH_FORBIDDEN', message, { cause: error })
  }
  if (status === 404 && type === 'index_not_found_exception') return indexMissing(what, error)
  if (type === 'media_type_header_exception') {
    const message = `${what}: this Elasticsearch does not speak the protocol of version 8; Earshot needs Elasticsearch 8.19 or 9`
    return new PipelineError(ErrorClass.Config, 'ELASTICSEARCH_VERSION', message, { cause: error })
  }
  return error
}

export const overloaded = (what: string, how: string, cause?: unknown): PipelineError =>
  new PipelineError(
    ErrorClass.Transient,
    'ELASTICSEARCH_OVERLOADED',
    `${what}: Elasticsearch has too much to do (${how}); give it more memory or nodes when this lasts`,
    { cause },
  )

export const indexMissing = (what: string, cause?: unknown): PipelineError =>
  new PipelineError(
    ErrorClass.Config,
    'INDEX_MISSING',
    `${what}: the index or its alias is missing; run \`earshot setup\``,
    { cause },
  )

/** `error.type` of an answer. */
export function errorType(body: unknown): string {
  const error = (body as { error?: { type?: string } } | null | undefined)?.error
  return error?.type ?? ''
}

/** The HTTP status of a refused request; 0 when there was no answer. */
export const statusOf = (error: unknown): number =>
  error instanceof errors.ResponseError ? (error.statusCode ?? 0) : 0

/** The answer to a read of a document that there is none, in an index that is there. */
export const isDocumentMissing = (error: unknown): boolean =>
  statusOf(error) === 404 && (error as { body?: { found?: boolean } }).body?.found === false
