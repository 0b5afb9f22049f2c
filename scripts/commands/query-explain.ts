import { highlight } from '#query/highlight.ts'
import { createMatcher } from '#query/match.ts'
import type { Query, QueryNode } from '#query/query.ts'
import type { TextToken } from '#query/token.ts'
import { tokenString } from '#query/token-string.ts'
import { tokenize } from '#query/tokenize.ts'
import { type CommandIo, ExitCode } from '../command-io.ts'
import { queryArgument } from '../query-argument.ts'
import { type Paint, paintFor } from '../terminal/paint.ts'
import { safeText } from '../terminal/safe-text.ts'

export interface QueryExplainOptions {
  readonly query: string
  readonly text: string
  readonly json?: boolean
}

/** Prints whether a query matches a text, the text with what made it true, the parts that are untrue, and the tokens that the text was read as. */
export async function queryExplain(
  options: QueryExplainOptions,
  { output }: Pick<CommandIo, 'output'>,
): Promise<ExitCode> {
  const query = queryArgument(options.query)
  const tokens = tokenize(options.text)
  const matches = createMatcher(query)(tokens)
  const highlights = highlight(query, options.text)
  if (options.json) {
    output.write(`${JSON.stringify({ matches, highlights, tokens: tokenString(tokens) })}\n`)
    return ExitCode.Done
  }
  const paint = paintFor(output)
  const lines = [
    matches ? paint('green', '✓ match') : paint('red', '✗ no match'),
    `text    ${marked(options.text, highlights, paint)}`,
    ...untrue(query, query.tree, tokens).map((part) => `untrue  ${safeText(part)}`),
    `tokens  ${safeText(tokenString(tokens))}`,
  ]
  output.write(`${lines.join('\n')}\n`)
  return ExitCode.Done
}

/** The parts of the query, as they were written, that would have to be true and are not. */
function untrue(query: Query, tree: QueryNode, tokens: readonly TextToken[]): string[] {
  if (tree.type === 'and') return tree.parts.flatMap((part) => untrue(query, part, tokens))
  if (createMatcher({ ...query, tree })(tokens)) return []
  const written = query.source.slice(tree.place.start, tree.place.end)
  // A place ends before the bracket that closes it.
  return [written + ')'.repeat(Math.max(0, written.split('(').length - written.split(')').length))]
}

/** In brackets as well as in colour, so that a copy of the screen still shows it. */
function marked(text: string, highlights: ReturnType<typeof highlight>, paint: Paint): string {
  let shown = ''
  let at = 0
  for (const { start, end } of highlights) {
    shown += safeText(text.slice(at, start)) + paint(['bold', 'yellow'], `[${safeText(text.slice(start, end))}]`)
    at = end
  }
  return shown + safeText(text.slice(at))
}
