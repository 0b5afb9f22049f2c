/** Shape words and emoji, and are seen by that: joiners and variation selectors. All else that is invisible is dropped. */
const INVISIBLE = /(?!\u200c|\u200d|[\ufe00-\ufe0f])\p{Default_Ignorable_Code_Point}|[\ufff9-\ufffb]/gu

/**
 * Text from the internet made harmless for a terminal: control characters (escape codes among them) and direction overrides
 * are shown as `\u{..}`, line breaks and tabs become blanks, what cannot be seen is dropped.
 */
export function safeText(text: string): string {
  return text
    .replace(/[\t\n\r\u2028\u2029]+/g, ' ')
    .replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, (c) => `\\u{${c.charCodeAt(0).toString(16)}}`)
    .replace(INVISIBLE, '')
    .toWellFormed()
}
