import { randomUUID } from 'node:crypto'
import { CreateBucketCommand, DeleteObjectCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3'
import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'
import { putObject } from './put-object.ts'
import { failureOf } from './s3-error.ts'
import type { S3Options } from './s3-options.ts'

/** Makes the bucket when it is missing, and refuses a store that would let two writers overwrite each other. */
export async function createBucket(client: S3Client, options: S3Options): Promise<void> {
  const { bucket } = options
  try {
    await client.send(new ListObjectsV2Command({ Bucket: bucket, MaxKeys: 1 }))
  } catch (error) {
    if (failureOf(error).code !== 'NoSuchBucket') throw error
    await make(client, options)
  }
  const key = `setup-${randomUUID()}.txt`
  try {
    await putObject(client, options, key, new TextEncoder().encode('first'), true)
    const answer = await putObject(client, options, key, new TextEncoder().encode('second'), true)
    if (answer === 'exists') return
    const message =
      `the store of bucket ${bucket} overwrites what a put with If-None-Match must leave alone, so an archive ` +
      'could lose records there: use a store that honours it'
    throw new PipelineError(ErrorClass.Config, 'S3_UNSUPPORTED', message)
  } finally {
    await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }))
  }
}

async function make(client: S3Client, { bucket, endpoint, region }: S3Options): Promise<void> {
  // Amazon wants its other regions named; us-east-1 must not be, and stores of one's own have none.
  const elsewhere = endpoint === null && region !== 'us-east-1'
  try {
    await client.send(
      new CreateBucketCommand({
        Bucket: bucket,
        ...(elsewhere && { CreateBucketConfiguration: { LocationConstraint: region as 'eu-west-1' } }),
      }),
    )
  } catch (error) {
    if (failureOf(error).code !== 'BucketAlreadyOwnedByYou') throw error
  }
}
