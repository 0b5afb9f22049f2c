import { Counter, Gauge, Histogram, Registry } from 'prom-client'

/** Every metric of the pipeline, in the Prometheus form. Labels come from closed sets: no id, author or text. */
export interface Metrics {
  readonly registry: Registry
  readonly connectorRecords: Counter<'connector' | 'outcome'>
  /** Connectors by their ids, and stages. */
  readonly partRestarts: Counter<'part'>
  readonly stageRecords: Counter<'stage' | 'outcome'>
  readonly stageRetries: Counter<'stage' | 'code'>
  readonly stageBatchSeconds: Histogram<'stage'>
  readonly sourceObservedAt: Gauge<'connector'>
}

export function createMetrics(): Metrics {
  const registry = new Registry()
  const registers = [registry]
  return {
    registry,
    connectorRecords: new Counter({
      name: 'connector_records_total',
      help: 'Records read by a connector, by what became of them',
      labelNames: ['connector', 'outcome'],
      registers,
    }),
    partRestarts: new Counter({
      name: 'part_restarts_total',
      help: 'Times a connector or stage failed for a passing reason and was started again',
      labelNames: ['part'],
      registers,
    }),
    stageRecords: new Counter({
      name: 'stage_records_total',
      help: 'Records that a stage has finished with, by outcome',
      labelNames: ['stage', 'outcome'],
      registers,
    }),
    stageRetries: new Counter({
      name: 'stage_retries_total',
      help: 'Attempts of a stage that failed for a passing reason, by code',
      labelNames: ['stage', 'code'],
      registers,
    }),
    stageBatchSeconds: new Histogram({
      name: 'stage_batch_duration_seconds',
      help: 'Time from receiving a batch to its commit',
      labelNames: ['stage'],
      buckets: [0.005, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 15],
      registers,
    }),
    sourceObservedAt: new Gauge({
      name: 'connector_observed_timestamp_seconds',
      help: 'When a connector last saw its source',
      labelNames: ['connector'],
      registers,
    }),
  }
}
