import type { ObjectStore, StoredObject } from '#infra/contracts/object-store.ts'
import { dayOfKey } from '#infra/runtime/archive-segment.ts'

const DAY_MS = 86_400_000
/** Clocks of connectors and logs differ by seconds (a start with more is refused), and may be set back. */
const CLOCKS_MS = 3_600_000

export interface ArchivedSegments {
  /** In the order in which they are to be read. */
  readonly chosen: readonly StoredObject[]
  /** How many others there are. */
  readonly skipped: number
}

/**
 * The segments of a topic that may hold something observed from `from` on, without looking into one. A record is observed before
 * the log takes it in, and a segment ends where the next one of its partition begins: what began before the day of that
 * moment is too old altogether. No end of a range leaves one out: a back-fill observes long before it is taken in.
 *
 * They come by epoch, day, partition and offset: all operations on one mention, which never leaves its partition, stay in order.
 */
export async function archivedSegments(
  objects: Pick<ObjectStore, 'get' | 'list'>,
  prefix: string,
  from: number,
): Promise<ArchivedSegments> {
  const segments: StoredObject[] = []
  const epochs: string[] = []
  for await (const object of objects.list(`${prefix}/`)) {
    if (object.key.endsWith('.avro') && dayOfKey(object.key) !== null) segments.push(object)
    if (!/\/epoch-\d+\.txt$/.test(object.key)) continue
    const bytes = await objects.get(object.key)
    if (bytes !== null) epochs.push(new TextDecoder().decode(bytes).trim())
  }
  const life = ({ key }: StoredObject) => epochs.indexOf(key.slice(prefix.length + 1).split('/')[0] as string)
  // The sort is stable, and the listing is in the order of the keys.
  const ordered = segments.sort((a, b) => life(a) - life(b))
  const nextDay = new Map<string, number>()
  const chosen = ordered
    .toReversed()
    .filter(({ key }) => {
      const partition = partitionOfKey(key)
      const endsOn = nextDay.get(partition)
      nextDay.set(partition, dayOfKey(key) as number)
      return endsOn === undefined || endsOn + DAY_MS + CLOCKS_MS > from
    })
    .reverse()
  return { chosen, skipped: ordered.length - chosen.length }
}

/** `<epoch>` and `<partition>` of `…/<epoch>/dt=<day>/<partition>+<first offset>.avro`. */
const partitionOfKey = (key: string): string => key.replace(/dt=[^/]*\/(\d+)\+.*$/, '$1')
