import type { Place } from '#query/query.ts'
import type { Paint } from './paint.ts'
import { safeText } from './safe-text.ts'

/** Characters of a mention shown around its first match. */
const EXCERPT = 280

/** The part of the text around the first match, with every match highlighted. */
export function excerpt(text: string, spans: readonly Place[], paint: Paint): string {
  const start = Math.max(0, Math.min((spans[0]?.start ?? 0) - EXCERPT / 3, text.length - EXCERPT))
  const from = start < 20 ? 0 : text.indexOf(' ', start) + 1
  const until = Math.min(text.length, from + EXCERPT)
  let shown = from > 0 ? '… ' : ''
  let at = from
  for (const span of spans) {
    if (span.start < at || span.end > until) continue
    shown +=
      safeText(text.slice(at, span.start)) + paint(['bold', 'yellow'], safeText(text.slice(span.start, span.end)))
    at = span.end
  }
  return `${shown}${safeText(text.slice(at, until))}${until < text.length ? ' …' : ''}`
}
