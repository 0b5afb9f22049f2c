import { negativeShare, type Share } from '#index/search/expected-share.ts'
import type { Span } from '#index/search/fold-buckets.ts'
import { splitBar } from './chart.ts'
import type { Paint } from './paint.ts'

/** Signs that differ without colours, too. */
const SIGNS = [
  { name: 'negative', colour: 'red', sign: '█' },
  { name: 'neutral', colour: 'gray', sign: '─' },
  { name: 'positive', colour: 'green', sign: '▒' },
  { name: 'not scored', colour: 'gray', sign: '·' },
] as const

/** A longer silence is one line. */
const SILENT_SPANS = 7

/** A line for each span: a bar as long as its volume, cut by mood; then mentions and the expected negative share. */
export function timeline(spans: readonly Span[], width: number, paint: Paint): string[] {
  if (spans.length === 0) return []
  const most = Math.max(...spans.map(({ sums }) => sums.mentions))
  const room = Math.max(20, width - (spans[0]?.label.length ?? 10) - 34)
  const legend = SIGNS.map(({ name, colour, sign }) => `${paint(colour, sign)} ${name}`).join('  ')
  const lines = withoutSilence(spans).map((span) =>
    typeof span === 'string' ? paint('gray', span) : line(span, most, room, paint),
  )
  return ['', ...lines, `${legend}; right: mentions, expected negative share (95 % interval)`]
}

export function percent({ value, low, high }: Share): string {
  const round = (x: number) => Math.round(x * 100)
  return `${round(value)} % (${round(low)}–${round(high)})`
}

function line({ label, sums }: Span, most: number, room: number, paint: Paint): string {
  const share = negativeShare(sums)
  const length = Math.max(sums.mentions > 0 ? 1 : 0, Math.round((sums.mentions / most) * room))
  const parts = splitBar([sums.negative, sums.neutral, sums.positive, sums.mentions - sums.scored], length)
  const bar = SIGNS.map(({ colour, sign }, i) => paint(colour, sign.repeat(parts[i] ?? 0))).join('')
  const mentions = sums.mentions.toLocaleString('en-US').padStart(7)
  return `${label} ${bar}${' '.repeat(room - length)} ${mentions}  ${share === null ? '' : percent(share)}`
}

function withoutSilence(spans: readonly Span[]): readonly (Span | string)[] {
  const shown: (Span | string)[] = []
  for (let at = 0; at < spans.length; ) {
    let end = at
    while (spans[end]?.sums.mentions === 0) end++
    if (end - at > SILENT_SPANS) {
      shown.push(`… nothing from ${spans[at]?.label} to ${spans[end - 1]?.label}`)
      at = end
    } else {
      shown.push(spans[at] as Span)
      at++
    }
  }
  return shown
}
