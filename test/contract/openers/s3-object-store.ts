import type { ObjectStore } from '#infra/contracts/object-store.ts'
import { systemClock } from '#infra/runtime/system-clock.ts'
import { openS3ObjectStore } from '#infra/s3/s3-object-store.ts'
import { s3At } from '../../support/s3-at.ts'

/** `store`: the address of a bucket, `http://accesskey:secret@host:port/bucket`. */
export const open = (store: string): Promise<ObjectStore> =>
  openS3ObjectStore({ ...s3At(store), clock: systemClock, create: true })
