import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'

/** What is known of a failed request, whatever threw: the service, the connection or the search for credentials. */
interface Failure {
  /** Name that the service gave, such as `NoSuchBucket`, or that of the error. */
  readonly code: string
  /** 0: no answer came. */
  readonly status: number
}

export function failureOf(error: unknown): Failure {
  const { name, code, $metadata } = error as {
    readonly name?: string
    readonly code?: string
    readonly $metadata?: { readonly httpStatusCode?: number }
  }
  return { code: code ?? name ?? '', status: $metadata?.httpStatusCode ?? 0 }
}

/** How often the request was sent before it failed. */
export const attemptsOf = (error: unknown): number =>
  (error as { readonly $metadata?: { readonly attempts?: number } }).$metadata?.attempts ?? 1

/** Codes that mean more than their HTTP status says. */
const REMEDIES: Readonly<Record<string, readonly [ErrorClass, string, string]>> = {
  NoSuchBucket: [ErrorClass.Config, 'S3_BUCKET_MISSING', 'there is no such bucket; "earshot setup" makes it'],
  BucketAlreadyExists: [
    ErrorClass.Config,
    'S3_BUCKET_TAKEN',
    'the bucket belongs to another account; choose another name for s3.bucket',
  ],
  InvalidBucketName: [
    ErrorClass.Config,
    'S3_BUCKET_INVALID',
    'a bucket name has 3 to 63 lower-case letters, digits or "-"; correct s3.bucket',
  ],
  CredentialsProviderError: [
    ErrorClass.Config,
    'S3_NO_CREDENTIALS',
    'no credentials found; give s3.accessKeyId and s3.secretAccessKey, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
  ],
  InvalidAccessKeyId: [ErrorClass.Config, 'S3_CREDENTIALS', 'the access key is unknown there; correct the credentials'],
  XAdminUserNotFound: [ErrorClass.Config, 'S3_CREDENTIALS', 'the access key is unknown there; correct the credentials'], // Versity
  SignatureDoesNotMatch: [ErrorClass.Config, 'S3_CREDENTIALS', 'the secret key is wrong; correct the credentials'],
  ExpiredToken: [ErrorClass.Config, 'S3_CREDENTIALS', 'the session token has expired; give fresh credentials'],
  AuthorizationHeaderMalformed: [ErrorClass.Config, 'S3_REGION', 'the bucket is in another region; correct s3.region'],
  PermanentRedirect: [ErrorClass.Config, 'S3_REGION', 'the bucket is in another region; correct s3.region'],
  RequestTimeTooSkewed: [
    ErrorClass.Config,
    'CLOCKS_DIFFER',
    'the clock of this machine differs from the store; correct it (NTP)',
  ],
  NotImplemented: [
    ErrorClass.Config,
    'S3_UNSUPPORTED',
    'the store does not know conditional writes or the encryption asked for; use one that does',
  ],
  KeyTooLongError: [ErrorClass.Permanent, 'KEY_INVALID', 'the key is too long for this store; use a shorter one'],
  // Of stores that keep objects as files.
  ObjectParentIsFile: [ErrorClass.Permanent, 'KEY_TAKEN', 'one key is the folder of another here; use a different key'],
  ExistingObjectIsDirectory: [
    ErrorClass.Permanent,
    'KEY_TAKEN',
    'one key is the folder of another here; use a different key',
  ],
  RequestTimeout: [ErrorClass.Transient, 'S3_UNAVAILABLE', 'the store did not get the whole request in time'],
  ENOTFOUND: [ErrorClass.Transient, 'S3_UNREACHABLE', 'there is no such host; check s3.endpoint, or the name service'],
}

const NETWORK = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EAI_AGAIN',
])
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_(?:GET|VERIFY)/

/** Gives what a request threw its class, code and remedy; what nobody foresaw comes back as it is: a bug. `place` is the bucket's address. */
export function s3Error(error: unknown, place: string, doing: string): unknown {
  if (error instanceof PipelineError) return error
  const { code, status } = failureOf(error)
  const make = (errorClass: ErrorClass, name: string, remedy: string) =>
    new PipelineError(errorClass, name, `${place}: ${doing}: ${remedy}${told(code, status)}`, {
      cause: error,
      ...retryAfter(error),
    })
  const remedy = REMEDIES[code]
  if (remedy !== undefined) return make(...remedy)
  if (CERTIFICATE.test(code)) {
    const what = 'its certificate is not trusted; name its authority in NODE_EXTRA_CA_CERTS'
    return make(ErrorClass.Config, 'S3_CERTIFICATE', what)
  }
  if (status === 429 || code === 'SlowDown' || (status === 503 && code !== 'InternalError')) {
    return make(ErrorClass.Transient, 'S3_OVERLOADED', 'the store asks for fewer requests')
  }
  if (status === 409) return make(ErrorClass.Transient, 'S3_CONFLICT', 'another request was at work there')
  if (status >= 500) return make(ErrorClass.Transient, 'S3_UNAVAILABLE', 'the store failed; see its log')
  if (status === 401 || status === 403) {
    const what = 'not allowed; give these credentials the right to list, get, put and delete in the bucket'
    return make(ErrorClass.Config, 'S3_FORBIDDEN', what)
  }
  if (status >= 400) return make(ErrorClass.Config, 'S3_REFUSED', 'the store does not take such a request')
  if (NETWORK.has(code)) {
    return make(ErrorClass.Transient, 'S3_UNREACHABLE', 'no connection; check s3.endpoint, and that the store runs')
  }
  if (code === 'TimeoutError') return make(ErrorClass.Transient, 'S3_UNREACHABLE', 'no answer in time')
  return error
}

const told = (code: string, status: number): string => (status === 0 ? ` (${code})` : ` (${status} ${code})`)

/** `Retry-After` in seconds, as S3 and the stores like it send it. */
function retryAfter(error: unknown): { readonly retryAfterMs?: number } {
  const { $response } = error as { readonly $response?: { readonly headers?: Readonly<Record<string, string>> } }
  const seconds = Number($response?.headers?.['retry-after'])
  return seconds > 0 ? { retryAfterMs: seconds * 1000 } : {}
}
