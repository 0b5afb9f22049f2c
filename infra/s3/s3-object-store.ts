import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  S3Client,
} from '@aws-sdk/client-s3'
import type { Clock } from '#infra/contracts/clock.ts'
import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'
import { checkObjectKey } from '#infra/contracts/object-key.ts'
import type { ObjectStore, StoredObject } from '#infra/contracts/object-store.ts'
import { createBucket } from './create-bucket.ts'
import { keyOfName, nameOfKey } from './object-name.ts'
import { putObject } from './put-object.ts'
import { failureOf, s3Error } from './s3-error.ts'
import { clientConfiguration, type S3Options } from './s3-options.ts'
import { watchServerClock } from './server-clock.ts'

export interface OpenS3Options extends S3Options {
  readonly clock: Clock
  /** Makes the bucket when it is missing, and tries whether the store keeps its promises. */
  readonly create: boolean
}

/**
 * Objects in a bucket of any store that speaks S3 and honours `If-None-Match`. Looks into the bucket once: rejects with a config
 * error for wrong credentials, a missing bucket or right, an untrusted certificate, or a clock that differs by more than five
 * seconds; with a transient one when nobody answers.
 */
export async function openS3ObjectStore(options: OpenS3Options): Promise<ObjectStore> {
  const client = new S3Client(clientConfiguration(options))
  const store = new S3ObjectStore(client, options)
  try {
    const serverClock = watchServerClock(client, options.clock)
    if (options.create) await createBucket(client, options)
    else await store.look()
    serverClock.check(placeOf(options))
    return store
  } catch (error) {
    await store[Symbol.asyncDispose]()
    throw s3Error(error, placeOf(options), 'opening the bucket')
  }
}

const placeOf = ({ endpoint, bucket }: S3Options): string =>
  endpoint === null ? `s3://${bucket}` : `${endpoint.replace(/\/+$/, '')}/${bucket}`

class S3ObjectStore implements ObjectStore {
  readonly #client: S3Client
  readonly #options: S3Options
  readonly #place: string

  constructor(client: S3Client, options: S3Options) {
    this.#client = client
    this.#options = options
    this.#place = placeOf(options)
  }

  /** The cheapest request that fails the way the others would, with a body that says why. */
  async look(): Promise<void> {
    await this.#client.send(new ListObjectsV2Command({ Bucket: this.#options.bucket, MaxKeys: 1 }))
  }

  async put(
    key: string,
    bytes: Uint8Array,
    options: { readonly ifAbsent?: boolean } = {},
  ): Promise<'stored' | 'exists'> {
    checkObjectKey(key)
    return this.#run(`putting ${key}`, () =>
      putObject(this.#client, this.#options, nameOfKey(key), bytes, options.ifAbsent === true),
    )
  }

  async get(key: string): Promise<Uint8Array | null> {
    checkObjectKey(key)
    return this.#run(`getting ${key}`, async () => {
      try {
        const { Body } = await this.#client.send(
          new GetObjectCommand({ Bucket: this.#options.bucket, Key: nameOfKey(key) }),
        )
        return Body === undefined ? new Uint8Array() : await this.#receive(Body, key)
      } catch (error) {
        if (failureOf(error).code === 'NoSuchKey') return null
        throw error
      }
    })
  }

  /** The client compares what arrives with the checksum that the store has sent before it. */
  async #receive(body: { transformToByteArray(): Promise<Uint8Array> }, key: string): Promise<Uint8Array> {
    try {
      return await body.transformToByteArray()
    } catch (cause) {
      const message = `${this.#place}: getting ${key}: the object did not arrive whole; try again`
      throw new PipelineError(ErrorClass.Transient, 'S3_INCOMPLETE', message, { cause })
    }
  }

  async *list(prefix: string): AsyncIterable<StoredObject> {
    let page: ListObjectsV2CommandOutput | undefined
    do {
      const from = page?.NextContinuationToken
      const request = { Bucket: this.#options.bucket, Prefix: nameOfKey(prefix), ContinuationToken: from }
      page = await this.#run(`listing ${prefix}`, () => this.#client.send(new ListObjectsV2Command(request)))
      for (const { Key = '', Size = 0 } of page.Contents ?? []) {
        const key = keyOfName(Key)
        // Not ours: a name that no key has, or the empty object by which consoles mark a folder.
        if (key !== null && !key.endsWith('/')) yield { key, size: Size }
      }
    } while (page.IsTruncated)
  }

  async delete(key: string): Promise<void> {
    checkObjectKey(key)
    await this.#run(`deleting ${key}`, async () => {
      await this.#client.send(new DeleteObjectCommand({ Bucket: this.#options.bucket, Key: nameOfKey(key) }))
    })
  }

  async #run<T>(doing: string, request: () => Promise<T>): Promise<T> {
    try {
      return await request()
    } catch (error) {
      throw s3Error(error, this.#place, doing)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#client.destroy()
  }
}
