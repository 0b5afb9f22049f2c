import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'
import { Facts } from '#query/facts.ts'
import type { MentionTexts } from '#query/mention-tokens.ts'
import { mentionText } from '#schemas/mention.ts'
import { bareText } from '../brand-examples.ts'
import { type CommandIo, ExitCode } from '../command-io.ts'
import { openForReading } from '../compose.ts'
import { explainQuery, fieldsOf, markedText } from '../explain-query.ts'
import { queryArgument } from '../query-argument.ts'
import { paintFor } from '../terminal/paint.ts'
import { safeText } from '../terminal/safe-text.ts'

export interface QueryExplainOptions {
  readonly query: string
  readonly text?: string
  /** A mention of the index, instead of a text. */
  readonly id?: string
  readonly data?: string
  readonly config?: string
  readonly json?: boolean
}

/** What a query is asked about. */
interface Asked {
  readonly mention: MentionTexts
  readonly facts: Facts
  /** Nothing is known of a bare text but its emoji. */
  readonly isBare: boolean
}

/**
 * Prints whether a query matches a text or a mention, the text with what made it true, the parts that are untrue, the fields that
 * are true, and the tokens that the text was read as.
 */
export async function queryExplain(
  options: QueryExplainOptions,
  { output }: Pick<CommandIo, 'output'>,
): Promise<ExitCode> {
  const query = queryArgument(options.query)
  const asked = await about(options)
  const explanation = explainQuery(query, asked.mention, asked.facts)
  if (options.json) {
    output.write(`${JSON.stringify(explanation)}\n`)
    return ExitCode.Done
  }
  const { matches, highlights, trueFields, untrue, tokens } = explanation
  const paint = paintFor(output)
  const lines = [
    matches ? paint('green', '✓ match') : paint('red', '✗ no match'),
    `text    ${markedText(mentionText(asked.mention), highlights, paint)}`,
    ...trueFields.map((part) => `true    ${safeText(part)}`),
    ...untrue.map((part) => `untrue  ${safeText(part)}`),
    `tokens  ${safeText(tokens)}`,
  ]
  if (asked.isBare && fieldsOf(query.tree).some((node) => !(node.type === 'fact' && node.field === 'emoji')))
    lines.push('note    a bare text has no fields: to see them, name a mention of the index with --id')
  output.write(`${lines.join('\n')}\n`)
  return ExitCode.Done
}

async function about({ text, id, data, config }: QueryExplainOptions): Promise<Asked> {
  if ((text === undefined) === (id === undefined))
    throw usage(
      'TEXT_MISSING',
      'expected either a text or --id with the id of a mention, as search prints it with --json',
    )
  if (text !== undefined) {
    return { mention: bareText(text), facts: Facts.ofText(text), isBare: true }
  }
  await using installation = await openForReading(data, config)
  const [hit = null] = await installation.index.get([id!])
  if (hit === null) throw usage('MENTION_UNKNOWN', `the index holds no mention with the id ${id}`)
  return { mention: hit.content.mention, facts: Facts.of(hit.content), isBare: false }
}

const usage = (code: string, message: string): PipelineError => new PipelineError(ErrorClass.Config, code, message)
