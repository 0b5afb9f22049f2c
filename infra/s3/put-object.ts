import { randomUUID } from 'node:crypto'
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { attemptsOf, failureOf } from './s3-error.ts'
import { encryptionOf, type S3Options } from './s3-options.ts'

/** Above this an object goes in parts. The store wants at least 5 MiB in each but the last, and at most 10,000. */
export const PART_BYTES = 16 << 20
const PARTS_AT_ONCE = 3
/** Tells our upload from another one of the same key when an answer was lost. */
const UPLOAD_ID = 'earshot-upload'

/**
 * Stores an object as a whole; with `ifAbsent` only where there is none. The store checks a CRC32 of every request's bytes.
 * Throws what the client throws.
 */
export async function putObject(
  client: S3Client,
  options: S3Options,
  key: string,
  bytes: Uint8Array,
  ifAbsent: boolean,
): Promise<'stored' | 'exists'> {
  const target = { Bucket: options.bucket, Key: key }
  const upload = randomUUID()
  const described = { ...target, ...encryptionOf(options), ...(ifAbsent && { Metadata: { [UPLOAD_ID]: upload } }) }
  const condition = ifAbsent ? { IfNoneMatch: '*' } : {}
  try {
    if (bytes.length > PART_BYTES) await putParts(client, described, bytes, condition)
    else await client.send(new PutObjectCommand({ ...described, ...condition, Body: bytes }))
    return 'stored'
  } catch (error) {
    if (!ifAbsent) throw error
    const { code, status } = failureOf(error)
    // Refused on a repeat, it may be our own first attempt that stands there, its answer lost.
    if (status === 412 && attemptsOf(error) === 1) return 'exists'
    if (status !== 412 && status !== 409 && code !== 'NoSuchUpload') throw error
    const standing = await uploadOf(client, target)
    if (standing === null) throw error
    return standing === upload ? 'stored' : 'exists'
  }
}

/** Which upload made the object that stands there: an empty text when it is not one of ours, null when there is none. */
async function uploadOf(client: S3Client, target: { Bucket: string; Key: string }): Promise<string | null> {
  try {
    const { Metadata } = await client.send(new HeadObjectCommand(target))
    return Metadata?.[UPLOAD_ID] ?? ''
  } catch (error) {
    if (failureOf(error).status === 404) return null
    throw error
  }
}

type Described = ConstructorParameters<typeof CreateMultipartUploadCommand>[0]

async function putParts(
  client: S3Client,
  described: Described,
  bytes: Uint8Array,
  condition: { readonly IfNoneMatch?: string },
): Promise<void> {
  const { UploadId } = await client.send(
    new CreateMultipartUploadCommand({ ...described, ChecksumAlgorithm: 'CRC32', ChecksumType: 'COMPOSITE' }),
  )
  const upload = { Bucket: described.Bucket, Key: described.Key, UploadId }
  try {
    const parts = await sendParts(client, upload, bytes)
    await client.send(
      new CompleteMultipartUploadCommand({ ...upload, ...condition, MultipartUpload: { Parts: parts } }),
    )
  } catch (error) {
    // Parts that stay would be paid for and never seen; the first failure is the one to tell.
    await client.send(new AbortMultipartUploadCommand(upload)).catch(() => {})
    throw error
  }
}

interface Upload {
  readonly Bucket: string | undefined
  readonly Key: string | undefined
  readonly UploadId: string | undefined
}

async function sendParts(client: S3Client, upload: Upload, bytes: Uint8Array) {
  const count = Math.ceil(bytes.length / PART_BYTES)
  const parts: { PartNumber: number; ETag?: string | undefined; ChecksumCRC32?: string | undefined }[] = []
  let next = 0
  const sendNext = async () => {
    while (next < count) {
      const index = next++
      const Body = bytes.subarray(index * PART_BYTES, (index + 1) * PART_BYTES)
      const PartNumber = index + 1
      try {
        const { ETag, ChecksumCRC32 } = await client.send(
          new UploadPartCommand({ ...upload, PartNumber, Body, ChecksumAlgorithm: 'CRC32' }),
        )
        parts[index] = { PartNumber, ETag, ChecksumCRC32 }
      } catch (error) {
        next = count
        throw error
      }
    }
  }
  const ended = await Promise.allSettled(Array.from({ length: PARTS_AT_ONCE }, sendNext))
  for (const end of ended) if (end.status === 'rejected') throw end.reason
  return parts
}
