import { type Client, errors, type estypes } from '@elastic/elasticsearch'
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
  const known = refusal(what, type, status, error) ?? refusal(what, causeType(error.body), status, error)
  if (known !== null) return known
  if (isBusy(status)) return overloaded(what, `answered ${status}`, error)
  if (status === 401 || status === 403) {
    const message = `${what}: Elasticsearch refuses these credentials (${status} ${type}); check elasticsearch.auth and its privileges on the indices of this namespace`
    return new PipelineError(ErrorClass.Config, 'ELASTICSEARCH_FORBIDDEN', message, { cause: error })
  }
  return error
}

/** What an operator can mend, by the type of an error: of an answer, or of one item in it. null for all other types. */
export function refusal(what: string, type: string, status: number, cause?: unknown): PipelineError | null {
  const make = (code: string, remedy: string, errorClass: ErrorClass = ErrorClass.Config) =>
    new PipelineError(errorClass, code, `${what}: ${remedy}`, { cause })
  switch (type) {
    case 'index_not_found_exception':
      return indexMissing(what, cause)
    case 'strict_dynamic_mapping_exception':
      return make(
        'INDEX_MAPPING_WRONG',
        'the index lacks fields of this version (its mapping is older or not ours); run `earshot setup`',
      )
    case 'index_closed_exception':
      return make('INDEX_CLOSED', 'the index is closed; open it (POST <index>/_open)')
    case 'invalid_alias_name_exception':
      return make(
        'INDEX_NAME_TAKEN',
        'an index has the name that the alias needs; rename it, or choose another namespace',
      )
    case 'cluster_block_exception':
      if (status === 429) {
        const remedy =
          'the disk of Elasticsearch is almost full, so the index takes nothing; free some, then it goes on by itself'
        return make('ELASTICSEARCH_DISK_FULL', remedy, ErrorClass.Transient)
      }
      if (status === 403) return make('INDEX_BLOCKED', 'the index is set to be read only; take its index.blocks away')
      return null
    case 'media_type_header_exception':
      return make(
        'ELASTICSEARCH_VERSION',
        'this Elasticsearch does not speak the protocol of version 8; Earshot needs Elasticsearch 8.19 or 9',
      )
    default:
      return null
  }
}

export const overloaded = (what: string, how: string, cause?: unknown): PipelineError =>
  new PipelineError(
    ErrorClass.Transient,
    'ELASTICSEARCH_OVERLOADED',
    `${what}: Elasticsearch has too much to do, or a part of it is away (${how}); when this lasts see its health, give it more memory or nodes`,
    { cause },
  )

/** For a document that could not be read; `error` is its part of the answer. */
export const unread = (what: string, error: estypes.ErrorCause): PipelineError =>
  refusal(what, error.type, 0, error) ?? overloaded(what, error.type, error)

/** A search that fails where Elasticsearch would answer without the shards that are away. */
export const searchWhole = <T>(client: Client, what: string, request: estypes.SearchRequest) =>
  asked(what, client.search<T>({ ...request, allow_partial_search_results: false }))

export const indexMissing = (what: string, cause?: unknown): PipelineError =>
  new PipelineError(
    ErrorClass.Config,
    'INDEX_MISSING',
    `${what}: the index or its alias is missing; run \`earshot setup\``,
    { cause },
  )

/** The type of the error in an answer. */
export function errorType(body: unknown): string {
  const { error, failures } = (body ?? {}) as {
    readonly error?: { readonly type?: string }
    /** Of requests that delete by query. */
    readonly failures?: readonly { readonly cause?: { readonly type?: string } }[]
  }
  return error?.type ?? failures?.[0]?.cause?.type ?? ''
}

/** The type of what caused the error in an answer. */
const causeType = (body: unknown): string =>
  (body as { readonly error?: { readonly caused_by?: { readonly type?: string } } })?.error?.caused_by?.type ?? ''

/** The HTTP status of a refused request; 0 when there was no answer. */
export const statusOf = (error: unknown): number =>
  error instanceof errors.ResponseError ? (error.statusCode ?? 0) : 0

/** The answer to a read of a document that there is none, in an index that is there. */
export const isDocumentMissing = (error: unknown): boolean =>
  statusOf(error) === 404 && (error as { body?: { found?: boolean } }).body?.found === false
