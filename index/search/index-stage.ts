import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'
import type { NewRecord, RecordBatch } from '#infra/contracts/event-log.ts'
import type { IndexOperation, SearchIndex, WriteOutcome } from '#infra/contracts/search-index.ts'
import type { Outcome, Stage } from '#infra/contracts/stage.ts'
import { unreadable } from '#infra/runtime/unreadable.ts'
import { decode } from '#schemas/codec.ts'
import type { Heartbeat } from '#schemas/generated.ts'
import { Header } from '#schemas/topics.ts'
import type { IndexProgress } from './index-progress.ts'

type Result = Outcome<readonly NewRecord[]>

const DONE: Result = { kind: 'ok', value: [] }

export interface IndexStageOptions {
  readonly index: SearchIndex
  readonly progress: Pick<IndexProgress, 'record'>
  /** For the books: what became of each mention operation, after it is durable. */
  readonly onMention: (outcome: WriteOutcome) => void
}

/** Writes enriched mentions and author operations to the search index; notes how far each source has come. */
export class IndexStage implements Stage {
  readonly name = 'index'
  readonly #options: IndexStageOptions

  constructor(options: IndexStageOptions) {
    this.#options = options
  }

  async process({ records, partition }: RecordBatch): Promise<readonly Result[]> {
    const { index, progress, onMention } = this.#options
    const outcomes = new Array<Result>(records.length)
    const operations: IndexOperation[] = []
    const places: number[] = []
    const heartbeats: Heartbeat[] = []
    for (const [i, record] of records.entries()) {
      const type = record.headers[Header.Type] ?? ''
      if (type.startsWith('mention.') || type.startsWith('author.')) {
        operations.push({ kind: type.startsWith('author.') ? 'author' : 'mention', bytes: record.value })
        places.push(i)
        continue
      }
      const decoded = decode(record.value)
      if (decoded.name === 'Heartbeat') {
        // A replay reads the archive: it says nothing of how far the sources have been seen.
        if (record.headers[Header.Replay] === undefined) heartbeats.push(decoded.value)
        outcomes[i] = DONE
      } else {
        const { code, message } = unreadable(decoded, 'Heartbeat')
        outcomes[i] = { kind: 'dead', error: new PipelineError(ErrorClass.Permanent, code, message) }
      }
    }
    const written = operations.length === 0 ? [] : await index.write(operations)
    for (const [k, outcome] of written.entries()) {
      outcomes[places[k] as number] = resultOf(outcome)
      if (operations[k]?.kind === 'mention') onMention(outcome)
    }
    // Only now is everything before these heartbeats searchable. Those of a batch follow its mentions: at worst progress is a batch late.
    for (const heartbeat of heartbeats) progress.record(partition, heartbeat)
    return outcomes
  }
}

function resultOf(outcome: WriteOutcome): Result {
  switch (outcome.kind) {
    case 'new':
    case 'replaced':
    case 'stale':
    case 'removed':
      return DONE
    case 'dropped':
      return { kind: 'drop', reason: outcome.reason }
    case 'rejected':
      return { kind: 'dead', error: new PipelineError(ErrorClass.Permanent, outcome.code, outcome.message) }
    default:
      return outcome satisfies never
  }
}
