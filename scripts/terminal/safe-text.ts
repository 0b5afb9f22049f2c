/**
 * Text from the internet made harmless for a terminal: control characters (escape codes among them), direction overrides and
 * invisible characters are shown as `\u{..}` or dropped; line breaks and tabs become blanks.
 */
export function safeText(text: string): string {
  return text
    .replace(/[\t\n\r\u2028\u2029]+/g, ' ')
    .replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, (c) => `\\u{${c.charCodeAt(0).toString(16)}}`)
    .replace(/[\u200b\u200e\u200f\u2060\ufeff]/g, '')
    .toWellFormed()
}

/** At most `length` characters (code points), with an ellipsis where something was cut. */
export function shorten(text: string, length: number): string {
  if (text.length <= length) return text
  const characters = [...text]
  return characters.length <= length ? text : `${characters.slice(0, length - 1).join('')}…`
}
