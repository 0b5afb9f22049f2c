import type { Mention } from '#schemas/generated.ts'
import type { TextToken } from './token.ts'
import { tokenize } from './tokenize.ts'

export type MentionTexts = Pick<Mention, 'title' | 'text' | 'context'>

/**
 * What queries see of a mention, live and in every index: its title, text and side texts, each a field of its own. One gap
 * token stands between two fields that have tokens; it breaks phrases, and NEAR does not reach across it. Offsets count from
 * the start of the token's own field.
 */
export function mentionTokens(mention: MentionTexts): TextToken[] {
  const tokens: TextToken[] = []
  for (const field of fieldsOf(mention)) {
    const found = tokenize(field)
    if (tokens.length === 0) {
      if (found.length > 0 && mention.context.length === 0 && field === mention.text) return found
    } else if (found.length > 0) tokens.push({ kind: 'gap', form: '', cased: '', start: 0, end: 0 })
    for (const token of found) tokens.push(token)
  }
  return tokens
}

/** The texts that queries see, in the order of their tokens. */
export const fieldsOf = ({ title, text, context }: MentionTexts): readonly string[] =>
  [title, text, ...context].filter((field) => field !== null)
