import type { Logger } from 'pino'
import type { Clock } from '../contracts/clock.ts'
import type { Ack, EventLog, LogRecord, NewRecord, RecordBatch } from '../contracts/event-log.ts'
import type { Outcome, Stage } from '../contracts/stage.ts'
import { consume } from './consume.ts'
import { deadLetter } from './dead-letter.ts'
import type { Metrics } from './metrics.ts'
import { retry } from './retry.ts'
import { withGrace } from './stopping.ts'

export interface StageWiring {
  readonly stage: Stage
  readonly log: EventLog
  readonly input: string
  /** null for a sink. */
  readonly output: string | null
  readonly dead: string
  readonly clock: Clock
  readonly logger: Logger
  readonly metrics: Metrics
  readonly maxRecords: number
  readonly maxBytes: number
  /** Counts for the books, called once per batch after its outputs and dead letters are durable. */
  readonly onDone?: (outcomes: readonly Outcome<readonly NewRecord[]>[], batch: RecordBatch) => void
}

/**
 * Process, produce and bury, then commit: until the signal aborts. Rejects with a permanent failure of the log or with a
 * bug of the stage; then nothing of the batch is committed and a restart reads it again.
 */
export async function runStage(wiring: StageWiring, signal: AbortSignal): Promise<void> {
  const { stage, log, input, maxRecords, maxBytes } = wiring
  const options = { group: stage.name, topic: input, maxRecords, maxBytes, idleMs: 1_000 }
  await consume(log, options, (batch) => handle(wiring, batch), signal)
}

async function handle(wiring: StageWiring, batch: RecordBatch): Promise<Ack> {
  const { stage, log, output, dead, clock, logger, metrics, onDone } = wiring
  if (batch.records.length === 0) return 'commit'
  const stop = metrics.stageBatchSeconds.startTimer({ stage: stage.name })
  const again = <T>(operation: () => Promise<T>): Promise<T> =>
    retry(operation, {
      clock,
      signal: batch.signal,
      onRetry: (error, attempt, pauseMs) => {
        metrics.stageRetries.inc({ stage: stage.name, code: error.code })
        logger.warn({ err: error, code: error.code, stage: stage.name, attempt, pauseMs }, 'batch retried')
      },
    })

  const outcomes = await again(() => stage.process(batch))
  if (outcomes.length !== batch.records.length) {
    throw new Error(`stage ${stage.name} gave ${outcomes.length} outcomes for ${batch.records.length} records`)
  }
  const sent: NewRecord[] = []
  const buried: NewRecord[] = []
  const counts = { ok: 0, drop: 0, dead: 0 }
  for (const [i, outcome] of outcomes.entries()) {
    counts[outcome.kind]++
    if (outcome.kind === 'ok') for (const record of outcome.value) sent.push(record)
    else if (outcome.kind === 'dead') {
      const { topic, partition } = batch
      const place = { topic, partition, record: batch.records[i] as LogRecord }
      buried.push(deadLetter(stage.name, outcome.error, place, clock.now()))
      logger.warn({ code: outcome.error.code, stage: stage.name, partition: batch.partition }, 'record buried')
    }
  }
  if (sent.length > 0 && output === null) throw new Error(`stage ${stage.name} has no output topic`)
  // Both must be durable before we say so.
  const durable = Promise.all([
    sent.length > 0 && again(() => log.produce(output as string, sent)),
    buried.length > 0 && again(() => log.produce(dead, buried)),
  ])
  await withGrace(durable, batch.signal, clock)
  onDone?.(outcomes, batch)
  for (const [outcome, count] of Object.entries(counts)) {
    if (count > 0) metrics.stageRecords.inc({ stage: stage.name, outcome }, count)
  }
  stop()
  return 'commit'
}
