/** Hours east of UTC. Two zones share CST and IST; these are the readings that feeds mean most often. */
const ZONES: Readonly<Record<string, number>> = {
  ...{
    z: 0,
    ut: 0,
    utc: 0,
    gmt: 0,
    wet: 0,
    west: 1,
    bst: 1,
    cet: 1,
    met: 1,
    mez: 1,
    cest: 2,
    mest: 2,
    mesz: 2,
    eet: 2,
  },
  ...{
    eest: 3,
    msk: 3,
    msd: 4,
    gst: 4,
    pkt: 5,
    ist: 5.5,
    ict: 7,
    wib: 7,
    hkt: 8,
    sgt: 8,
    awst: 8,
    jst: 9,
    kst: 9,
    sast: 2,
  },
  ...{ acst: 9.5, acdt: 10.5, aest: 10, aedt: 11, nzst: 12, nzdt: 13, brt: -3, art: -3, nst: -3.5, ndt: -2.5 },
  ...{ ast: -4, adt: -3, est: -5, edt: -4, cst: -6, cdt: -5, mst: -7, mdt: -6, pst: -8, pdt: -7, akst: -9, hst: -10 },
}

/** First letters of month names, folded to ASCII, in the languages that feeds are written in; a longer prefix wins. */
const MONTHS: readonly (readonly [prefix: string, month: number])[] = [
  'jan gen ene ian sty oca led янв tam',
  'feb fev fevr lut sub uno helm фев',
  'mar mrz maer mae maa marz мар',
  'apr avr abr kwi nis dub huht апр',
  'may mai mei mag maj kve tou май мая',
  'jun juin giu cze haz cer kes июн',
  'jul juil lug lip tem cvc hein июл',
  'aug aou ago sie agu srp elo авг',
  'sep set wrz eyl zar syys сен',
  'oct okt ott out paz eki rij lok окт',
  'nov lis kas lisk marras ноя',
  'dec dez dic des gru ara pro jou дек',
]
  .flatMap((names, index) => names.split(' ').map((name) => [name, index + 1] as const))
  .sort(([a], [b]) => b.length - a.length)

const CLOCK = String.raw`(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:[.,]\d+)?)?(?:\s*([ap])\.?m\.?)?`
const ISO =
  /^(\d{4})[-/](\d{1,2})(?:[-/](\d{1,2}))?(?:(?:T|\s+|T\s+)(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?)?\s*(.*)$/i
const ISO_BASIC = /^(\d{4})(\d{2})(\d{2})(?:T?(\d{2})(\d{2})(\d{2})?)?\s*(Z|[+-]\d{2}:?\d{2})?$/i
const DAY_MONTH_YEAR = new RegExp(
  String.raw`^(\d{1,2})(?:st|nd|rd|th|er|º|ª|\.)?[\s.-]*(?:de\s+)?(\p{L}+)\.?[\s,.-]*(?:de[l]?\s+)?(\d{2,4})(?:[\s,T-]+(?:at\s+|um\s+|à\s+)?${CLOCK})?\s*(.*)$`,
  'iu',
)
const MONTH_DAY_YEAR = new RegExp(
  String.raw`^(\p{L}+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})(?:[\s,]+(?:at\s+)?${CLOCK})?\s*(.*)$`,
  'iu',
)
/** asctime: the year stands last. */
const MONTH_DAY_CLOCK = new RegExp(String.raw`^(\p{L}+)\s+(\d{1,2})\s+${CLOCK}\s*(.*?)\s*(\d{4})$`, 'iu')
const DOTTED = new RegExp(String.raw`^(\d{1,2})\.(\d{1,2})\.(\d{4})(?:[\s,-]+${CLOCK})?\s*(.*)$`, 'iu')
const SLASHED = new RegExp(String.raw`^(\d{1,2})/(\d{1,2})/(\d{4})(?:[\s,-]+${CLOCK})?\s*(.*)$`, 'iu')
const WEEKDAY = /^\p{L}{2,}\.?(?:,\s*|\s+(?=\d))/u
const LONGEST = 100

/**
 * The moment that a feed's date means, in milliseconds, or null when it cannot be told. Reads RFC 822 and 3339 with their
 * usual mistakes, ISO basic form, Unix time, names of months in a dozen languages. Without a zone: UTC. Never uses
 * the machine's zone, and never lets a day or an hour overflow into the next.
 */
export function parseDate(raw: string): number | null {
  const text = raw.slice(0, LONGEST).normalize('NFKC').replace(/\s+/g, ' ').trim()
  return epoch(text) ?? iso(text) ?? named(text) ?? named(text.replace(WEEKDAY, '')) ?? numeric(text)
}

function epoch(text: string): number | null {
  if (!/^\d{9,10}(\.\d+)?$|^\d{13}$/.test(text)) return null
  const value = Number(text)
  return value < 100_000_000_000 ? Math.round(value * 1000) : value
}

function iso(text: string): number | null {
  const extended = ISO.exec(text)
  if (extended !== null) {
    const [, year, month, day, hour, minute, second, zone] = extended
    return moment(year, Number(month), day ?? '1', [hour, minute, second], zone)
  }
  const basic = ISO_BASIC.exec(text)
  if (basic === null) return null
  const [, year, month, day, hour, minute, second, zone] = basic
  return moment(year, Number(month), day, [hour, minute, second], zone)
}

function named(text: string): number | null {
  const dayFirst = DAY_MONTH_YEAR.exec(text)
  if (dayFirst !== null) {
    const [, day, month, year, hour, minute, second, half, zone] = dayFirst
    return moment(year, monthOf(month!), day, [hour, minute, second, half], zone)
  }
  const monthFirst = MONTH_DAY_YEAR.exec(text)
  if (monthFirst !== null) {
    const [, month, day, year, hour, minute, second, half, zone] = monthFirst
    return moment(year, monthOf(month!), day, [hour, minute, second, half], zone)
  }
  const asctime = MONTH_DAY_CLOCK.exec(text.replace(/^\p{L}+,? (?=\p{L})/u, ''))
  if (asctime === null) return null
  const [, month, day, hour, minute, second, half, zone, year] = asctime
  return moment(year, monthOf(month!), day, [hour, minute, second, half], zone)
}

function numeric(text: string): number | null {
  const dotted = DOTTED.exec(text)
  if (dotted !== null) {
    const [, day, month, year, hour, minute, second, half, zone] = dotted
    return moment(year, Number(month), day, [hour, minute, second, half], zone)
  }
  const slashed = SLASHED.exec(text)
  if (slashed === null) return null
  // RSS began in the USA: the month stands first, unless it cannot be one.
  const [, first, second, year, hour, minute, seconds, half, zone] = slashed
  const [month, day] = Number(first) > 12 ? [second, first] : [first, second]
  return moment(year, Number(month), day, [hour, minute, seconds, half], zone)
}

function monthOf(name: string): number | null {
  const folded = name.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
  return MONTHS.find(([prefix]) => folded.startsWith(prefix))?.[1] ?? null
}

function moment(
  year: string | undefined,
  month: number | null,
  day: string | undefined,
  [hour = '0', minute = '0', second = '0', half]: readonly (string | undefined)[],
  zone: string | undefined,
): number | null {
  const offset = offsetMs(zone ?? '')
  if (month === null || offset === null) return null
  const hours = half === undefined ? Number(hour) : (Number(hour) % 12) + (half.toLowerCase() === 'p' ? 12 : 0)
  // 24:00 is midnight and :60 a leap second; both may overflow.
  const valid = hours <= 24 && Number(minute) <= 59 && Number(second) <= 60
  const date = Date.UTC(fullYear(year!), month - 1, Number(day))
  const inMonth = new Date(date).getUTCMonth() === month - 1 && Number(day) >= 1
  return valid && inMonth ? date + ((hours * 60 + Number(minute)) * 60 + Number(second)) * 1000 - offset : null
}

/** RFC 2822 §4.3: two digits below 50 are of this century, three count from 1900. */
function fullYear(digits: string): number {
  const year = Number(digits)
  if (digits.length === 4) return year
  return digits.length === 2 && year < 50 ? 2000 + year : 1900 + year
}

/** null when there is something that is no zone: then the whole is no date. */
function offsetMs(text: string): number | null {
  const zone = text.replace(/[()]/g, '').trim().toLowerCase()
  if (zone === '') return 0
  const numeric = /^(?:gmt|utc?)?\s*([+-])(\d{1,2}):?(\d{2})?(?:z|\s+[a-z]{1,5})?$/.exec(zone)
  if (numeric !== null) {
    const minutes = Number(numeric[2]) * 60 + Number(numeric[3] ?? 0)
    return minutes > 15 * 60 ? null : (numeric[1] === '-' ? -minutes : minutes) * 60_000
  }
  const hours = ZONES[zone.split(' ')[0]!]
  return hours === undefined ? null : hours * 3_600_000
}
