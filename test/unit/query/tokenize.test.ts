import { describe, expect, it } from 'vitest'
import { MAX_WORD } from '#query/token.ts'
import { tokenize } from '#query/tokenize.ts'

/** `kind:form` of each token, the kind left out for words. */
const read = (text: string): string =>
  tokenize(text)
    .map(({ kind, form }) => (kind === 'word' ? form : `${kind}:${form}`))
    .join(' ')

/** The stretches of the original that the tokens came from. */
const places = (text: string): string[] => tokenize(text).map(({ start, end }) => text.slice(start, end))

describe('words', () => {
  it.each([
    ['Nike  Air,Max!', 'nike air max'],
    ["McDonald's fries, Levi’s jeans", 'mcdonald fries levi jeans'],
    ["don't can’t DON'T", 'dont cant dont'],
    ["the Joneses' car rock'n'roll", 'the joneses car rocknroll'],
    ['Coca-Cola e.l.f. 7-Eleven', 'coca cola e l f 7 eleven'],
    ["Coca-Cola's M&M’s AT&T H&M", 'coca cola m&m at&t h&m'],
    ["it's's", 'it'],
    ['well - so & so a--b a..b', 'well so so a b a b'],
    ['Nestlé CITROËN Škoda İstanbul', 'nestle citroen skoda istanbul'],
    ['e\u0301te\u0301 été', 'ete ete'],
    ['ｎｉｋｅ 𝗡𝗶𝗸𝗲 ﬁne', 'nike nike fine'],
    ['n\u200bi\u200bk\u200be \ufeffnike\u2060', 'nike nike'],
    ['삼성 갤럭시', '삼성 갤럭시'],
    ['Привет, ΝΙΚΗ', 'привет νικη'],
    ['so good🔥nike🔥 ☕ ©', 'so good nike'],
    ['a\ud800b \udc00', 'a b'],
    ['', ''],
  ])('%j is read as %j', (text, expected) => {
    expect(read(text)).toBe(expected)
  })

  it('keeps the written form beside the folded one', () => {
    expect(tokenize('GAP Gap’n nestlé').map((t) => t.cased)).toEqual(['GAP', "Gap'n", 'nestlé'])
  })

  it('counts a mark that stands alone as a position, with the mark itself as its form', () => {
    expect(tokenize('I ❤\ufe0f it').map((t) => t.form)).toEqual(['i', '\ufe0f', 'it'])
  })

  it('cuts endless words between characters', () => {
    const [token] = tokenize('x'.repeat(MAX_WORD - 1) + '\ud835\udd52'.normalize() + 'y'.repeat(100_000))
    expect(token?.form).toHaveLength(MAX_WORD)
    const [rare] = tokenize(`${'x'.repeat(MAX_WORD - 1)}\u{10400}`)
    expect(rare?.form).toBe('x'.repeat(MAX_WORD - 1))
  })
})

describe('hashtags, handles and URLs', () => {
  it.each([
    ['#JustDoIt #just_do-it ##x # y', 'hashtag:justdoit hashtag:just_do it hashtag:x y'],
    ['#Nestlé #हिन्दी', 'hashtag:nestle hashtag:हनद'],
    ['#1\ufe0f\u20e3', 'hashtag:1 \ufe0f\u20e3'],
    ['@Nike: hi @ you info@nike.com', 'handle:nike hi you info handle:nike com'],
    ['see https://www.Nike.com/a?b=#c. ok', 'see url:www.nike.com ok'],
    ['WWW.Nike.com, HTTP://user:pw@shop.nike.com:8080/x', 'url:www.nike.com url:shop.nike.com'],
    ['www.nike.com. http://nike.com) awww.sweet', 'url:www.nike.com url:nike.com awww sweet'],
    ['www. https:// http:// x', 'www https http x'],
    ['https:///nothing x', 'url: x'],
    ['http://nike.com\u00a0x http://a\u200bb.com', 'url:nike.com x url:ab.com'],
  ])('%j is read as %j', (text, expected) => {
    expect(read(text)).toBe(expected)
  })
})

describe('scripts without blanks', () => {
  it.each([
    ['可口可乐', '可口 口可 可乐 乐'],
    ['鞋', '鞋'],
    ['我爱Nike鞋子', '我爱 爱 nike 鞋子 子'],
    ['ナイキとナイキ', 'ナイ イキ キと とナ ナイ イキ キ'],
    ['ﾊﾞｽ', 'バス ス'],
    ['iPhone15を買う', 'iphone15 を買 買う う'],
    ["鞋'n&鞋 鞋's", '鞋 n 鞋 鞋'],
    ['ไม่ดี', 'ไม่ ม่ดี ดี'],
    ['\u{20bb7}野家', '\u{20bb7}野 野家 家'],
  ])('%j makes a token of each character and its successor: %j', (text, expected) => {
    expect(read(text)).toBe(expected)
  })

  it('gives a bigram the place of both its characters', () => {
    expect(places('我爱Nike鞋子')).toEqual(['我爱', '爱', 'Nike', '鞋子', '子'])
  })
})

describe('offsets', () => {
  it.each([
    ['plain text, #tag @me http://a.b/c', ['plain', 'text', '#tag', '@me', 'http://a.b/c']],
    ['…ﬁne™ n\u200bike\u200b! e\u0301te\u0301', ['ﬁne™', 'n\u200bike', 'e\u0301te\u0301']],
    ['½\u200b#ta\u200bg\u200b, \u200b@n\u200bike', ['½', '½', '#ta\u200bg', '@n\u200bike']],
    ['㍿は', ['㍿', '㍿', '㍿', '㍿は', 'は']],
  ])('point into the original text: %j', (text, expected) => {
    expect(places(text)).toEqual(expected)
  })
})

describe('hostile input', () => {
  const size = 60_000
  it.each([
    ['a.', 30_000],
    ["'", 0],
    ["a'", 1],
    ['@', 0],
    ['#', 0],
    ['x\u0301\u0323', 1],
    ['\u0301\u0323', 1],
    ['\ud800', 0],
    ['\u200b', 0],
    ['http://', 1],
    ['www.', 1],
    ["可'", 30_000],
    ['\ufdfa', null],
    ['ㅋ', null],
  ])('%j again and again is read in linear time', (part, expected) => {
    const tokens = tokenize(part.repeat(size / part.length))
    if (expected !== null) expect(tokens).toHaveLength(expected)
    expect(tokens.every(({ start, end }) => start < end)).toBe(true)
  })
})
