import type { S3Options } from '#infra/s3/s3-options.ts'

/** How the bucket at `http://accesskey:secret@host:port/bucket` is reached. */
export function s3At(address: string): S3Options {
  const { origin, username, password, pathname } = new URL(address)
  return {
    endpoint: origin,
    region: 'us-east-1',
    bucket: pathname.slice(1),
    pathStyle: true,
    credentials: { accessKeyId: decodeURIComponent(username), secretAccessKey: decodeURIComponent(password) },
    encryption: null,
  }
}
