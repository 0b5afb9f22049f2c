/** How a file writes 03/04/2022. */
export type DateOrder = 'day-first' | 'month-first'

export interface TimeReading {
  /** IANA name; for times that name no zone. */
  readonly timeZone: string
  /** null: not known, then such dates are `ambiguous`. */
  readonly dateOrder: DateOrder | null
}

const CLOCK =
  /^(?:[T\s,]+(?:at\s+)?(\d{1,2})(?::(\d{2}))?(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*([ap]\.?m\.?)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?)?$/i
const YEAR_FIRST = /^(\d{4,6})[-/.](\d{1,2})[-/.](\d{1,2})(?=$|[T\s,])/
const NUMBERS = /^(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})(?=$|[\s,])/
const DAY_NAMED_MONTH =
  /^(?:\p{L}{2,9}\.?,?\s+)?(\d{1,2})(?:st|nd|rd|th)?[-\s]+(\p{L}{3,9})\.?,?[-\s]+(\d{4}|\d{2})(?=$|[\s,])/u
const NAMED_MONTH_DAY = /^(?:\p{L}{2,9}\.?,?\s+)?(\p{L}{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})(?=$|[\s,])/u
/** The format of the old Twitter API: Wed Oct 10 20:19:24 +0000 2018. */
const YEAR_LAST = /^(\p{L}{3}) (\p{L}{3}) (\d{1,2}) (\d\d:\d\d:\d\d) ([+-]\d{4}) (\d{4})$/u
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

/** Numbers from here on are milliseconds (1973 on), from there on microseconds; smaller ones are seconds. */
const FIRST_MS = 1e11
const FIRST_US = 1e15

/**
 * A time as files write it, in milliseconds; `ambiguous` when day and month cannot be told apart, null when it is no time.
 * Understands ISO 8601, RFC 2822, day/month/year with digits or an English month name, 12-hour clocks, and numbers of
 * seconds, milliseconds or microseconds since 1970.
 */
export function parseImportTime(value: unknown, reading: TimeReading): number | 'ambiguous' | null {
  if (typeof value === 'number') return fromNumber(value)
  if (typeof value !== 'string') return null
  const text = value.trim()
  // The common case of machine-made files, and the fast one.
  if (text.length >= 20 && text.charCodeAt(text.length - 1) === 90 && text.charCodeAt(10) === 84) {
    const time = Date.parse(text)
    if (!Number.isNaN(time)) return time
  }
  if (/^-?\d{9,17}(\.\d+)?$/.test(text)) return fromNumber(Number(text))
  return fromText(text, reading)
}

/** What a date proves about the file that it stands in; null when it proves nothing. */
export function dateOrderShownBy(value: string): DateOrder | 'ambiguous' | null {
  const match = NUMBERS.exec(value.trim())
  if (match === null) return null
  if (Number(match[1]) > 12) return 'day-first'
  if (Number(match[3]) > 12) return 'month-first'
  return match[1] === match[3] || match[2] === '.' ? null : 'ambiguous'
}

/** Is there a time of day behind the date? */
export const hasClock = (value: string): boolean => /\d[T\s,]+(?:at\s+)?\d{1,2}(?::\d\d|\s*[ap]\.?m)/i.test(value)

function fromNumber(value: number): number | null {
  if (!Number.isFinite(value)) return null
  const size = Math.abs(value)
  const ms = size >= FIRST_US ? value / 1000 : size >= FIRST_MS ? value : value * 1000
  return Number.isSafeInteger(Math.trunc(ms)) ? Math.trunc(ms) : null
}

function fromText(text: string, reading: TimeReading): number | 'ambiguous' | null {
  let match = YEAR_FIRST.exec(text)
  if (match) return assemble(match[1]!, Number(match[2]), Number(match[3]), text.slice(match[0].length), reading)
  match = NUMBERS.exec(text)
  if (match) {
    const [whole, first, separator, second, year] = match as unknown as [string, string, string, string, string]
    // With dots the day comes first wherever people write dots.
    const order = separator === '.' || first === second ? 'day-first' : (shown(first, second) ?? reading.dateOrder)
    if (order === null) return 'ambiguous'
    const [day, month] = order === 'day-first' ? [first, second] : [second, first]
    return assemble(year, Number(month), Number(day), text.slice(whole.length), reading)
  }
  match = DAY_NAMED_MONTH.exec(text)
  if (match) return assemble(match[3]!, monthOf(match[2]!), Number(match[1]), text.slice(match[0].length), reading)
  match = NAMED_MONTH_DAY.exec(text)
  if (match) return assemble(match[3]!, monthOf(match[1]!), Number(match[2]), text.slice(match[0].length), reading)
  match = YEAR_LAST.exec(text)
  if (match) return assemble(match[6]!, monthOf(match[2]!), Number(match[3]), ` ${match[4]} ${match[5]}`, reading)
  return null
}

function shown(first: string, second: string): DateOrder | null {
  if (Number(first) > 12) return 'day-first'
  return Number(second) > 12 ? 'month-first' : null
}

const monthOf = (name: string): number => MONTHS.indexOf(name.slice(0, 3).toLowerCase()) + 1

function assemble(yearText: string, month: number, day: number, rest: string, reading: TimeReading): number | null {
  const clock = CLOCK.exec(rest.trimEnd())
  if (clock === null) return null
  const year = yearText.length === 2 ? Number(yearText) + (Number(yearText) < 70 ? 2000 : 1900) : Number(yearText)
  let hour = Number(clock[1] ?? 0)
  const minute = Number(clock[2] ?? 0)
  const second = Number(clock[3] ?? 0)
  const half = clock[5]?.toLowerCase()
  // A lone number behind a date is no hour.
  if (clock[1] !== undefined && clock[2] === undefined && half === undefined) return null
  if (half !== undefined) {
    if (hour < 1 || hour > 12) return null
    hour = (hour % 12) + (half.startsWith('p') ? 12 : 0)
  }
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return null
  if (hour > 24 || minute > 59 || second > 60) return null
  const milliseconds = Math.trunc(Number(`0.${clock[4] ?? 0}`) * 1000)
  const local =
    new Date(0).setUTCFullYear(year, month - 1, day) + (hour * 3600 + minute * 60 + second) * 1000 + milliseconds
  if (Number.isNaN(local)) return null
  return clock[6] === undefined ? fromZone(local, reading.timeZone) : local - statedOffsetMs(clock[6])
}

const daysIn = (year: number, month: number): number => new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate()

function statedOffsetMs(zone: string): number {
  if (!/^[+-]/.test(zone)) return 0
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2))
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000
}

/** The moment at which clocks of the zone show `local`; in the hour that they show twice, one of both. */
function fromZone(local: number, timeZone: string): number {
  if (timeZone === 'UTC') return local
  const guess = local - offsetMs(local, timeZone)
  return local - offsetMs(guess, timeZone)
}

const formats = new Map<string, Intl.DateTimeFormat>()
const offsets = new Map<string, number>()
const MOST_OFFSETS = 10_000
const QUARTER_MS = 15 * 60_000

/** Zones change only at quarters of an hour, so that one look per quarter is enough. */
function offsetMs(at: number, timeZone: string): number {
  const key = `${timeZone} ${Math.floor(at / QUARTER_MS)}`
  let offset = offsets.get(key)
  if (offset === undefined) {
    let format = formats.get(timeZone)
    if (format === undefined) {
      format = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset', era: 'short' })
      formats.set(timeZone, format)
    }
    const name = format.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? 'GMT'
    const match = /([+-])(\d\d):(\d\d)/.exec(name)
    const size = match === null ? 0 : (Number(match[2]) * 60 + Number(match[3])) * 60_000
    offset = match?.[1] === '-' ? -size : size
    if (offsets.size >= MOST_OFFSETS) offsets.clear()
    offsets.set(key, offset)
  }
  return offset
}
