import { existsSync } from 'node:fs'
import { loadConfiguration } from '#infra/config/load-configuration.ts'
import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'
import type { EventLog, LogRecord } from '#infra/contracts/event-log.ts'
import type { Table } from '#infra/contracts/table.ts'
import { FoldedDeletes } from '#infra/runtime/archive-deletes.ts'
import { decode } from '#schemas/codec.ts'
import type { DeadLetter } from '#schemas/generated.ts'
import { type CommandIo, ExitCode } from '../command-io.ts'
import { dataPath, openForReading, openInstallation } from '../compose.ts'
import { archivePrefix, serversOf } from '../installation.ts'
import { shorten, writeLines } from '../terminal/columns.ts'
import { paintFor } from '../terminal/paint.ts'
import { safeText } from '../terminal/safe-text.ts'

const PAGE = 500
const EXCERPT = 2_000
/** Rows of the table that say what became of a letter. */
const RETRIED = 'dead-letter/retried/'

interface Letter {
  /** Its offset on the topic. */
  readonly id: number
  readonly letter: DeadLetter
  readonly retried: boolean
}

/** What is kept of everything that could not be handled, newest last. */
export async function listDeadLetters(
  options: { readonly config?: string; readonly data?: string; readonly limit: number; readonly json?: boolean },
  { output }: CommandIo,
): Promise<ExitCode> {
  await using installation = await openForReading(options.data, options.config)
  const letters = await readLetters(installation.log, installation.topics.dead, installation.table)
  const shown = letters.slice(-options.limit)
  if (options.json) {
    for (const { id, letter, retried } of shown)
      output.write(`${JSON.stringify({ id, ...withoutBytes(letter), retried })}\n`)
    return ExitCode.Done
  }
  if (letters.length === 0) {
    output.write('No dead letters: everything that was read could be handled.\n')
    return ExitCode.Done
  }
  const paint = paintFor(output)
  for (const { id, letter, retried } of shown) {
    const when = new Date(letter.at).toISOString().slice(0, 19).replace('T', ' ')
    const state = retried ? paint('gray', ' (retried)') : ''
    writeLines(output, [
      `${String(id).padStart(5)}  ${when}  ${letter.stage}  ${paint('yellow', letter.code)}${state}`,
      `       ${shorten(safeText(letter.message), 160)}`,
    ])
  }
  const found = `${shown.length} of ${letters.length}.`
  writeLines(output, ['', `${found} "earshot dead-letters show ID" shows the bytes, "retry ID" puts one back.`])
  return ExitCode.Done
}

/** One dead letter with its bytes: as text where they are text, else in hexadecimal. */
export async function showDeadLetter(
  options: {
    readonly id: string
    readonly config?: string
    readonly data?: string
    readonly bytes?: boolean
    readonly json?: boolean
  },
  { output }: CommandIo,
): Promise<ExitCode> {
  await using installation = await openForReading(options.data, options.config)
  const letters = await readLetters(installation.log, installation.topics.dead, installation.table)
  const { id, letter, retried } = chosen(letters, options.id)
  const bytes = Buffer.from(letter.bytes)
  if (options.bytes) {
    output.write(bytes)
  } else if (options.json) {
    output.write(`${JSON.stringify({ id, ...withoutBytes(letter), retried, bytes: bytes.toString('base64') })}\n`)
  } else {
    const text = readable(bytes)
    output.write(
      [
        `id        ${id}${retried ? ' (retried)' : ''}`,
        `stage     ${letter.stage}`,
        `code      ${letter.code}`,
        `why       ${safeText(letter.message)}`,
        `when      ${new Date(letter.at).toISOString()}`,
        letter.topic === null
          ? 'where     never reached the log'
          : `where     ${letter.topic}/${letter.partition}, offset ${letter.offset}`,
        `bytes     ${bytes.length}${letter.contentType === null ? '' : `, ${safeText(letter.contentType)}`}`,
        '',
        text,
        '',
      ].join('\n'),
    )
  }
  return ExitCode.Done
}

/**
 * Puts letters back on the topic where they failed; the next run handles them. Nothing that was deleted since comes back, and
 * what never became a record is left with a word on how to read it again.
 */
export async function retryDeadLetters(
  options: {
    readonly ids: readonly string[]
    readonly all?: boolean
    readonly config: string
    readonly data?: string
    readonly json?: boolean
  },
  { output }: CommandIo,
): Promise<ExitCode> {
  if (options.ids.length === 0 && options.all !== true) {
    throw new PipelineError(ErrorClass.Config, 'NOTHING_CHOSEN', 'name the letters to retry, as listed, or say --all')
  }
  const configuration = existsSync(options.config) ? await loadConfiguration(options.config) : null
  const namespace = configuration?.namespace ?? 'earshot'
  await using installation = await openInstallation({
    ...{
      data: dataPath(options.data, options.config),
      namespace,
      maxLogBytes: configuration?.storage.maxLogBytes ?? 4e9,
      servers: configuration && serversOf(configuration),
    },
  })
  const letters = await readLetters(installation.log, installation.topics.dead, installation.table)
  const open = options.all ? letters.filter(({ retried }) => !retried) : options.ids.map((id) => chosen(letters, id))
  const deleted = await FoldedDeletes.of(installation.objects, `${archivePrefix(namespace, installation.topics.raw)}/`)
  const results: { id: number; result: 'put back' | 'deleted since' | 'not a record' }[] = []
  for (const { id, letter } of open) {
    if (letter.topic === null) {
      results.push({ id, result: 'not a record' })
      continue
    }
    if (isDeleted(letter, deleted)) {
      results.push({ id, result: 'deleted since' })
    } else {
      const { key, bytes, headers } = letter
      await installation.log.produce(letter.topic, [
        { key, value: bytes, headers, ...(letter.partition !== null && { partition: letter.partition }) },
      ])
      results.push({ id, result: 'put back' })
    }
    const row = await installation.table.get(`${RETRIED}${id}`)
    await installation.table.put(`${RETRIED}${id}`, { result: results.at(-1)?.result }, row?.version ?? null)
  }
  if (options.json) {
    output.write(`${JSON.stringify(results)}\n`)
    return ExitCode.Done
  }
  const count = (wanted: string) => results.filter(({ result }) => result === wanted).length
  output.write(`${count('put back')} put back; "earshot run" handles them now.\n`)
  if (count('deleted since') > 0) output.write(`${count('deleted since')} left out: deleted at their source since.\n`)
  if (count('not a record') > 0) {
    output.write(
      `${count('not a record')} never became a record: save one with "dead-letters show ID --bytes > FILE", mend it, and read it with a file connector.\n`,
    )
  }
  return ExitCode.Done
}

async function readLetters(log: EventLog, topic: string, table: Table): Promise<Letter[]> {
  const retried = new Set<string>()
  for (let after: string | undefined; ; ) {
    const rows = await table.list(RETRIED, { limit: PAGE, ...(after !== undefined && { after }) })
    for (const { key } of rows) retried.add(key)
    if (rows.length < PAGE) break
    after = rows.at(-1)?.key
  }
  const letters: Letter[] = []
  for (let from = 0; ; ) {
    const records: readonly LogRecord[] = await log.read(topic, 0, from, PAGE)
    for (const { offset, value } of records) {
      const decoded = decode(value)
      if (decoded.name !== 'DeadLetter') continue // a newer version's letter: it stays on the topic
      letters.push({ id: offset, letter: decoded.value, retried: retried.has(`${RETRIED}${offset}`) })
    }
    const last = records.at(-1)
    if (last === undefined) return letters
    from = last.offset + 1
  }
}

function chosen(letters: readonly Letter[], id: string): Letter {
  const found = letters.find((letter) => String(letter.id) === id)
  if (found !== undefined) return found
  const message = `there is no dead letter ${safeText(id)}: "earshot dead-letters list" shows their ids`
  throw new PipelineError(ErrorClass.Config, 'DEAD_LETTER_UNKNOWN', message)
}

/** Was the mention, or everything of its author, deleted meanwhile? */
function isDeleted({ bytes }: DeadLetter, deleted: FoldedDeletes): boolean {
  const decoded = decode(bytes)
  return (decoded.name === 'MentionEvent' || decoded.name === 'EnrichedEvent') && deleted.covers(decoded.value)
}

const withoutBytes = ({ bytes, ...rest }: DeadLetter) => ({ ...rest, byteLength: bytes.length })

function readable(bytes: Buffer): string {
  try {
    return shorten(safeText(new TextDecoder('utf-8', { fatal: true }).decode(bytes)), EXCERPT)
  } catch {
    return shorten(bytes.toString('hex').replace(/(.{64})/g, '$1\n'), EXCERPT)
  }
}
