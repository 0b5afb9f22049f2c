import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'
import { Facts } from '#query/facts.ts'
import { highlightMention } from '#query/highlight.ts'
import { createMatcher } from '#query/match.ts'
import { type MentionTexts, mentionTokens } from '#query/mention-tokens.ts'
import type { Query, QueryNode } from '#query/query.ts'
import { tokenString } from '#query/token-string.ts'
import { mentionText } from '#schemas/mention.ts'
import { type CommandIo, ExitCode } from '../command-io.ts'
import { openForReading } from '../compose.ts'
import { queryArgument } from '../query-argument.ts'
import { type Paint, paintFor } from '../terminal/paint.ts'
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
  const tokens = mentionTokens(asked.mention)
  const holds = (tree: QueryNode): boolean => createMatcher({ ...query, tree })(tokens, asked.facts)
  const matches = holds(query.tree)
  const highlights = highlightMention(query, asked.mention, asked.facts)
  const fields = fieldsOf(query.tree)
  const trueFields = fields.filter(holds).map((node) => written(query, node))
  const untrue = untrueParts(query.tree, holds).map((node) => written(query, node))
  if (options.json) {
    const shown = { matches, highlights, trueFields, untrue, tokens: tokenString(tokens) }
    output.write(`${JSON.stringify(shown)}\n`)
    return ExitCode.Done
  }
  const paint = paintFor(output)
  const lines = [
    matches ? paint('green', '✓ match') : paint('red', '✗ no match'),
    `text    ${marked(mentionText(asked.mention), highlights, paint)}`,
    ...trueFields.map((part) => `true    ${safeText(part)}`),
    ...untrue.map((part) => `untrue  ${safeText(part)}`),
    `tokens  ${safeText(tokenString(tokens))}`,
  ]
  if (asked.isBare && fields.some((node) => !(node.type === 'fact' && node.field === 'emoji')))
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
    return { mention: { title: null, text, context: [], links: [] }, facts: Facts.ofText(text), isBare: true }
  }
  await using installation = await openForReading(data, config)
  const [hit = null] = await installation.index.get([id!])
  if (hit === null) throw usage('MENTION_UNKNOWN', `the index holds no mention with the id ${id}`)
  return { mention: hit.content.mention, facts: Facts.of(hit.content), isBare: false }
}

const usage = (code: string, message: string): PipelineError => new PipelineError(ErrorClass.Config, code, message)

/** The parts of the query that would have to be true and are not. */
function untrueParts(tree: QueryNode, holds: (node: QueryNode) => boolean): QueryNode[] {
  if (tree.type === 'and') return tree.parts.flatMap((part) => untrueParts(part, holds))
  return holds(tree) ? [] : [tree]
}

/** Fields are not to be seen in the text, wherever they stand in the query. */
function fieldsOf(tree: QueryNode): QueryNode[] {
  switch (tree.type) {
    case 'and':
    case 'or':
      return tree.parts.flatMap(fieldsOf)
    case 'not':
      return fieldsOf(tree.of)
    case 'fact':
    case 'range':
      return [tree]
    default:
      return []
  }
}

/** As it was written. A place ends before the bracket that closes it, and begins behind the name of a field that has several values. */
function written({ source }: Query, node: QueryNode): string {
  const part = source.slice(node.place.start, node.place.end)
  if ((node.type === 'fact' || node.type === 'range') && node.field !== 'emoji' && !part.includes(':'))
    return `${node.field}:${part}`
  return part + ')'.repeat(Math.max(0, part.split('(').length - part.split(')').length))
}

/** In brackets as well as in colour, so that a copy of the screen still shows it. */
function marked(text: string, highlights: ReturnType<typeof highlightMention>, paint: Paint): string {
  let shown = ''
  let at = 0
  for (const { start, end } of highlights) {
    shown += safeText(text.slice(at, start)) + paint(['bold', 'yellow'], `[${safeText(text.slice(start, end))}]`)
    at = end
  }
  return shown + safeText(text.slice(at))
}
