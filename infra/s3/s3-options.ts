import type { S3ClientConfig } from '@aws-sdk/client-s3'

/** Which bucket, and how it is reached. */
export interface S3Options {
  /** Address of a compatible store; null: Amazon's. */
  readonly endpoint: string | null
  readonly region: string
  readonly bucket: string
  /** `http://host/bucket/key`, not `http://bucket.host/key`: what most compatible stores want. */
  readonly pathStyle: boolean
  /** null: what the SDK finds by itself (environment, profile, container or instance role). */
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string } | null
  /** How the store encrypts what it keeps; null: as the bucket says. `kmsKeyId` null: the bucket's own key. */
  readonly encryption: S3Encryption | null
}

export type S3Encryption = { readonly type: 'AES256' } | { readonly type: 'aws:kms'; readonly kmsKeyId: string | null }

/** A request is sent at most so often; whoever calls decides about more. */
const ATTEMPTS = 3
const CONNECT_MS = 5_000
const SILENCE_MS = 60_000

export function clientConfiguration({ endpoint, region, pathStyle, credentials }: S3Options): S3ClientConfig {
  return {
    region,
    forcePathStyle: pathStyle,
    ...(endpoint !== null && { endpoint }),
    ...(credentials !== null && { credentials }),
    maxAttempts: ATTEMPTS,
    retryMode: 'standard',
    requestHandler: { connectionTimeout: CONNECT_MS, socketTimeout: SILENCE_MS },
  }
}

/** The part of a put that asks for encryption. */
export function encryptionOf({ encryption }: S3Options): {
  readonly ServerSideEncryption?: S3Encryption['type']
  readonly SSEKMSKeyId?: string
} {
  if (encryption === null) return {}
  if (encryption.type === 'AES256' || encryption.kmsKeyId === null) return { ServerSideEncryption: encryption.type }
  return { ServerSideEncryption: encryption.type, SSEKMSKeyId: encryption.kmsKeyId }
}
