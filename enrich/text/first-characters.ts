/** Scorers see no more of a text, so that a mention costs a bounded time. */
export const MAX_SCORED_CHARACTERS = 10_000

/** The beginning of a text that is scored; cut between characters, never inside a surrogate pair. */
export function firstCharacters(text: string): string {
  if (text.length <= MAX_SCORED_CHARACTERS) return text
  const last = text.charCodeAt(MAX_SCORED_CHARACTERS - 1)
  return text.slice(0, last >= 0xd800 && last < 0xdc00 ? MAX_SCORED_CHARACTERS - 1 : MAX_SCORED_CHARACTERS)
}
