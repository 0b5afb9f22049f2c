import { describe, expect, it } from 'vitest'
import { PostTokens, TokenFlag, TokenKind } from '#enrich/text/post-tokens.ts'
import { hashWord } from '#enrich/text/word-hash.ts'

const names = Object.fromEntries(Object.entries(TokenKind).map(([name, kind]) => [kind, name.toLowerCase()]))
const reader = new PostTokens()

const tokensOf = (text: string): string[] => {
  const tokens = reader.read(text)
  return Array.from(
    { length: tokens.count },
    (_, i) => `${names[tokens.kinds[i]!]} ${text.slice(tokens.starts[i], tokens.ends[i])}`,
  )
}
const flagsOf = (text: string): number => reader.read(text).flags[0]!
const hashesOf = (text: string): number[] => {
  const tokens = reader.read(text)
  return [...tokens.hashes.subarray(0, tokens.count)]
}
const foldedOf = (text: string): string[] => {
  const tokens = reader.read(text)
  return Array.from({ length: tokens.count }, (_, i) =>
    String.fromCharCode(...tokens.folded.subarray(tokens.foldedStarts[i], tokens.foldedStarts[i + 1])),
  )
}

describe('PostTokens', () => {
  it.each([
    ["Don't like it!!!", ["word Don't", 'word like', 'word it', 'punctuation !!!']],
    [
      'it’s $3.39 at 10:30, 2nd try',
      ['word it’s', 'punctuation $', 'number 3.39', 'word at', 'number 10:30', 'punctuation ,', 'word 2nd', 'word try'],
    ],
    ['see https://a.example/x?y=1. ok', ['word see', 'url https://a.example/x?y=1', 'punctuation .', 'word ok']],
    [
      '(www.a.example) bit.ly/abc nike.com end.Next',
      [
        'punctuation (',
        'url www.a.example',
        'punctuation )',
        'url bit.ly/abc',
        'url nike.com',
        'word end',
        'punctuation .',
        'word Next',
      ],
    ],
    ['link http and http://', ['word link', 'url http', 'word and', 'url http://']],
    [
      '@ann @bob.bsky.social @c@host.example me@x.example',
      [
        'handle @ann',
        'handle @bob.bsky.social',
        'handle @c@host.example',
        'word me',
        'punctuation @',
        'word x',
        'punctuation .',
        'word example',
      ],
    ],
    ['#Fail #2day #1 #日本', ['hashtag #Fail', 'hashtag #2day', 'punctuation #', 'number 1', 'hashtag #日本']],
    ['👍🏽👩‍💻🇩🇪🇫🇷 ❤️', ['emoji 👍🏽', 'emoji 👩‍💻', 'emoji 🇩🇪', 'emoji 🇫🇷', 'emoji ❤️']],
    [
      'a :) b :-( c:D d ;P <3 >:( (: ^_^ T_T',
      [
        'word a',
        'emoticon :)',
        'word b',
        'emoticon :-(',
        'word c',
        'punctuation :',
        'word D',
        'word d',
        'emoticon ;P',
        'emoticon <3',
        'emoticon >:(',
        'emoticon (:',
        'emoticon ^_^',
        'emoticon T_T',
      ],
    ],
    ['Tom &amp; me &lt;3', ['word Tom', 'punctuation &amp;', 'word me', 'emoticon &lt;3']],
    ['好吃 とても', ['word 好', 'word 吃', 'word とても']],
    [
      'note: 3:0 (x:y)',
      [
        'word note',
        'punctuation :',
        'number 3:0',
        'punctuation (',
        'word x',
        'punctuation :',
        'word y',
        'punctuation )',
      ],
    ],
  ])('reads %j', (text, expected) => {
    expect(tokensOf(text)).toEqual(expected)
  })

  it('says what a word looks like', () => {
    expect(flagsOf('Great')).toBe(TokenFlag.Capital)
    expect(flagsOf('GREAT')).toBe(TokenFlag.Capital | TokenFlag.AllCaps)
    expect(flagsOf('sooo')).toBe(TokenFlag.Elongated)
    expect(flagsOf('iPhone7')).toBe(TokenFlag.InnerCapital | TokenFlag.HasDigit)
    expect(reader.read('a!').flags[1]).toBe(TokenFlag.Glued)
  })

  it('gives words that readers take for the same one hash', () => {
    const same = ['cafe', 'CAFÉ', 'cafe\u0301', 'ca\u200bfe', '#Café', '𝗰𝗮𝗳𝗲']
    for (const word of same) expect(hashesOf(word), word).toEqual([hashWord('café')])
    expect(hashesOf('soooooo')).toEqual(hashesOf('sooo'))
    expect(hashesOf('sooo')).not.toEqual(hashesOf('so'))
    expect(hashesOf('don’t')).toEqual([hashWord("don't")])
    expect(hashesOf('👍🏿')).toEqual([hashWord('👍')])
    expect(hashesOf('❤️')).toEqual([hashWord('❤')])
    expect(hashesOf(':)')).toEqual([hashWord(':)')])
  })

  it('makes all handles one and all links one', () => {
    expect(hashesOf('@ann')).toEqual(hashesOf('@user'))
    expect(hashesOf('https://a.example/b')).toEqual(hashesOf('http'))
  })

  it('keeps the folded form of each token', () => {
    expect(foldedOf('Soooo GOOD @ann #Día 42 2ND')).toEqual(['sooo', 'good', '', 'dia', '00', '2nd'])
  })

  it.each([
    ['empty', '', 0],
    ['lone surrogates', '\ud83d a \ude00\ud83d', 4],
    ['blanks and zero-width marks', ' \u200b\u2060\ufeff\n\t\u3000', 0],
    ['one long word', 'a'.repeat(1_000_000), 1],
    ['dots', 'a.'.repeat(200_000), 400_000],
    ['handles', '@a'.repeat(200_000), 1],
    ['schemes', 'http'.repeat(250_000), 1],
    ['joined pictures', '👩\u200d'.repeat(200_000), 1],
    ['hash marks', '#1'.repeat(100_000), 200_000],
    ['eyes', ':'.repeat(1_000_000), 1],
  ])('reads %s', (_name, text, count) => {
    expect(reader.read(text).count).toBe(count)
  })

  it('covers every visible character once, in order', () => {
    const text = 'Ça, “vraiment” 100% — @x #y http://z.example/ :-) 👩‍💻!? ...no؟ ठीक है\ud800'
    const tokens = reader.read(text)
    let at = 0
    for (let i = 0; i < tokens.count; i++) {
      expect(text.slice(at, tokens.starts[i]).trim()).toBe('')
      expect(tokens.ends[i]).toBeGreaterThan(tokens.starts[i]!)
      at = tokens.ends[i]!
    }
    expect(text.slice(at)).toBe('')
  })
})
