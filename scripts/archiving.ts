import type { Logger } from 'pino'
import { Archiver, pruneArchive } from '#index/archive/archiver.ts'
import type { Clock } from '#infra/contracts/clock.ts'
import { Lease } from '#infra/runtime/lease.ts'
import { runTogether } from '#infra/runtime/run-together.ts'
import { archivePrefix, type Installation } from './installation.ts'
import { type Companion, StageName } from './pipeline.ts'

const PRUNE_EVERY_MS = 3_600_000
/** Deletions of mentions that were never seen are kept so long in the index; the archive keeps them after that. */
const TOMBSTONE_MS = 3 * 86_400_000

/** Archives both topics; one process at a time keeps index, archive and dead letters within retention. */
export function createArchiving(
  { log, topics, objects, namespace, epochs, index, table, process }: Installation,
  retentionMs: number | null,
  clock: Clock,
  logger: Logger,
): Companion {
  const lease = new Lease({ table, name: 'retention', owner: process, clock, logger })
  const archivers = (
    [
      [topics.raw, 'MentionEvent', epochs.raw],
      [topics.enriched, 'EnrichedEvent', epochs.enriched],
    ] as const
  ).map(
    ([topic, holds, epoch]) =>
      new Archiver({ log, topic, holds, objects, prefix: archivePrefix(namespace, topic), epoch, clock, logger }),
  )

  /** Retention and tombstones, now and every hour. Dead letters hold the bytes of posts as well. */
  const prune = async (signal: AbortSignal): Promise<void> => {
    while (!signal.aborted) {
      const now = clock.now()
      const retainSince = retentionMs === null ? null : now - retentionMs
      await index.prune(now - TOMBSTONE_MS, retainSince)
      if (retainSince !== null) {
        await pruneArchive(objects, namespace, retainSince)
        await log.forget(topics.dead, retainSince)
      }
      await clock.sleep(PRUNE_EVERY_MS, signal).catch(() => {})
    }
  }
  return {
    name: StageName.Archive,
    // All or none: a restart of one that failed subscribes again, which needs the other to have let go as well.
    run: (signal) =>
      runTogether(
        [...archivers.map((archiver) => archiver.run.bind(archiver)), (until) => lease.run(prune, until)],
        signal,
      ),
    settle: async (signal) => void (await Promise.all(archivers.map((archiver) => archiver.settle(signal)))),
  }
}
