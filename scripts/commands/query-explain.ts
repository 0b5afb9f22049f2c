import { highlight } from '#query/highlight.ts'
import { createMatcher } from '#query/match.ts'
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

/** Prints whether a query matches a text, the text with what made it true, and the tokens that the text was read as. */
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
  output.write(`${matches ? paint('green', '✓ match') : paint('red', '✗ no match')}
text    ${marked(options.text, highlights, paint)}
tokens  ${safeText(tokenString(tokens))}
`)
  return ExitCode.Done
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
