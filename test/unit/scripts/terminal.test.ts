import { PassThrough } from 'node:stream'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bar, splitBar } from '#scripts/terminal/chart.ts'
import { columnsOf, pad, shorten, wrap, writeLines } from '#scripts/terminal/columns.ts'
import { paintFor } from '#scripts/terminal/paint.ts'
import { ProgressBar } from '#scripts/terminal/progress-bar.ts'
import { safeText } from '#scripts/terminal/safe-text.ts'
import { anyText } from '../../support/any-text.ts'

/** Text made of what attacks a terminal or a reader's eye, among ordinary letters. */
const hostile = fc
  .array(
    fc.constantFrom(
      ...[
        '\u001b[31m',
        '\u001b]0;title\u0007',
        '\u009b2J',
        '\r',
        '\n',
        '\t',
        '\b',
        '\u007f',
        '\u0000',
        '\u202e',
        '\u2066',
      ],
      ...[
        '\u061c',
        '\u200e',
        '\u200f',
        '\u200b',
        '\u2060',
        '\ufeff',
        '\u00ad',
        '\u{e0041}',
        '\u3164',
        '\ud800',
        '\udc00',
      ],
      ...['a', 'é', '😀', '👩‍👩‍👧', '❤️', 'می‌خواهم', 'שלום', '日本', '\\u{1b}', ' '],
    ),
    { maxLength: 40 },
  )
  .map((parts) => parts.join(''))

describe('text from the internet on a terminal', () => {
  it('keeps no control character, escape code, bidi control, invisible or broken character, whatever it was', () => {
    fc.assert(
      fc.property(fc.oneof(hostile, anyText), (text) => {
        const safe = safeText(text)
        expect(safe).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u)
        expect(safe).not.toMatch(
          /[\u00ad\u115f\u1160\u180e\u200b\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\u{e0000}-\u{e007f}]/u,
        )
        expect(safe.isWellFormed()).toBe(true)
      }),
      { numRuns: 500 },
    )
  })

  it('is the same when it is made safe again', () => {
    fc.assert(fc.property(fc.oneof(hostile, anyText), (text) => safeText(safeText(text)) === safeText(text)))
  })

  it.for([
    'plain text, with $ and ~',
    'Ünïcödé ñ',
    '日本語のテキスト',
    'שלום עולם',
    'می‌خواهم',
    '👩‍👩‍👧 ❤️ 🇩🇪',
    'naïve e\u0301',
  ])('leaves %s as it is', (text) => {
    expect(safeText(text)).toBe(text)
  })

  it('shows what it took the sting out of', () => {
    expect(safeText('a\u001b[31mred\u0007\u202etxt\u2067')).toBe('a\\u{1b}[31mred\\u{7}\\u{202e}txt\\u{2067}')
    expect(safeText('one\r\n\ttwo\u2028three')).toBe('one two three')
  })

  it('is cut between characters, with a sign that it was', () => {
    expect(shorten('short', 5)).toBe('short')
    expect(shorten('longer', 5)).toBe('long…')
    expect(shorten('😀😀😀', 6)).toBe('😀😀😀')
    expect(shorten('😀😀😀😀', 6)).toBe('😀😀…')
    expect(shorten('日本語', 4)).toBe('日…')
    fc.assert(
      fc.property(anyText.map(safeText), fc.integer({ min: 1, max: 50 }), (text, columns) => {
        expect(columnsOf(shorten(text, columns))).toBeLessThanOrEqual(columns)
      }),
    )
  })
})

describe('columns', () => {
  it.for([
    ['plain', 5],
    ['naïve e\u0301', 7],
    ['日本語 ラテ', 11],
    ['한국어', 6],
    ['👩‍👩‍👧 ❤️ 🇩🇪', 8],
    ['\u001b[31mred\u001b[39m', 3],
  ] as const)('of %s are %i', ([text, columns]) => {
    expect(columnsOf(text)).toBe(columns)
    expect(pad(text, 12)).toBe(text + ' '.repeat(12 - columns))
  })

  it('break a line between words, under its own indent, and lose nothing', () => {
    expect(wrap('  one two three', 9)).toBe('  one two\n    three')
    expect(wrap('  name   fits', 13)).toBe('  name   fits')
    expect(wrap('https://example.org/long and more', 10)).toBe('https://example.org/long\n  and more')
    const words = fc.array(fc.constantFrom('a', 'word', '日本語', '😀', 'averyveryverylongword'), { minLength: 1 })
    fc.assert(
      fc.property(words, fc.integer({ min: 8, max: 40 }), (given, columns) => {
        const lines = wrap(given.join(' '), columns).split('\n')
        expect(lines.map((line) => line.trim()).join(' ')).toBe(given.join(' '))
        for (const line of lines) if (line.trim().includes(' ')) expect(columnsOf(line)).toBeLessThanOrEqual(columns)
      }),
    )
  })

  it('bind on a terminal only', () => {
    const narrow = screen(true)
    writeLines(Object.assign(narrow.stream, { columns: 8 }), ['one two three'])
    expect(narrow.written()).toBe('one two\n  three\n')
    const piped = screen(false)
    writeLines(Object.assign(piped.stream, { columns: 8 }), ['one two three'])
    expect(piped.written()).toBe('one two three\n')
  })
})

describe('bars', () => {
  it('add up to their width, each as long as its share', () => {
    const values = fc.array(
      fc.nat(1_000).map((n) => n / 7),
      { minLength: 1, maxLength: 6 },
    )
    fc.assert(
      fc.property(values, fc.nat(100), (given, width) => {
        const total = given.reduce((a, b) => a + b, 0)
        const lengths = splitBar(given, width)
        expect(lengths).toHaveLength(given.length)
        expect(lengths.reduce((a, b) => a + b, 0)).toBe(total > 0 ? width : 0)
        for (const [i, length] of lengths.entries()) {
          expect(Number.isInteger(length) && length >= 0).toBe(true)
          if (total > 0) expect(Math.abs(length - ((given[i] as number) / total) * width)).toBeLessThanOrEqual(1)
        }
      }),
    )
  })

  it('never leave their room, grow with the value, and show something for anything above nothing', () => {
    expect(bar(0, 10, 20)).toBe('')
    expect(bar(3, 0, 20)).toBe('')
    expect(bar(10, 10, 20)).toBe('█'.repeat(20))
    expect(bar(20, 10, 20)).toBe('█'.repeat(20))
    expect(bar(5, 10, 5)).toBe('██▌')
    expect(bar(1, 1e9, 20)).toBe('▏')
    const value = fc.nat(1_000)
    fc.assert(
      fc.property(value, value, fc.integer({ min: 1, max: 80 }), (a, b, width) => {
        const eighths = (text: string) => [...text].reduce((sum, c) => sum + (0x2590 - (c.codePointAt(0) as number)), 0)
        const [less, more] = [Math.min(a, b), Math.max(a, b)].map((n) => bar(n, 1_000, width)) as [string, string]
        expect(more.length).toBeLessThanOrEqual(width)
        expect(eighths(less)).toBeLessThanOrEqual(eighths(more))
      }),
    )
  })
})

/** A stream that keeps what is written; a terminal if so wished. */
function screen(isTTY: boolean) {
  const stream = Object.assign(new PassThrough(), { isTTY, getColorDepth: () => 8, hasColors: () => true })
  let written = ''
  stream.setEncoding('utf8').on('data', (text: string) => {
    written += text
  })
  return { stream, written: () => written }
}

describe('the progress bar', () => {
  it('is a plain line each time a tenth is done where nobody watches', () => {
    const { stream, written } = screen(false)
    const progress = new ProgressBar(stream)
    for (let i = 0; i <= 100; i++) progress.update(i / 100, `${i} done`)
    progress.update(null, 'live')
    progress.line('a message')
    progress.finish()
    const tenths = Array.from({ length: 10 }, (_, i) => `${(i + 1) * 10} %  ${(i + 1) * 10} done\n`)
    expect(written()).toBe(`${tenths.join('')}a message\n`)
  })

  it('never grows beyond one line, however narrow the terminal', () => {
    const { stream, written } = screen(true)
    const progress = new ProgressBar(Object.assign(stream, { columns: 40 }))
    progress.update(0.5, '12,345 of 24,690 indexed, 3,210/s and more than fits')
    expect(columnsOf(written().replace('\r', ''))).toBeLessThan(40)
    expect(written()).toContain('50 % 12,345')
  })

  it('is drawn again below each message on a terminal, and left there at the end', () => {
    const { stream, written } = screen(true)
    const progress = new ProgressBar(stream)
    progress.update(0.5, 'half')
    const before = written().length
    progress.line('a message')
    expect(written().slice(before)).toMatch(/^\r\u001b\[Ka message\n\r.*half.*\u001b\[K$/)
    progress.update(1, 'all')
    progress.finish()
    expect(written()).toMatch(/100 % all\u001b\[K\n$/)
    progress.line('after it')
    expect(written().endsWith('\r\u001b[Kafter it\n')).toBe(true)
  })
})

describe('colours', () => {
  it('are for terminals only', () => {
    expect(paintFor(screen(false).stream)('red', 'text')).toBe('text')
  })
})
