import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable, Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { type ScoreOptions, score } from '../../scripts/commands/score.ts'

interface Answer {
  readonly id: unknown
  readonly error?: string
  readonly language?: { readonly label: string; readonly uncertain: boolean }
  readonly sentiment?: {
    readonly label: string
    readonly scores: Readonly<Record<string, number>>
    readonly uncertain: boolean
    readonly explain?: {
      readonly margin: number
      readonly bias: number
      readonly rest: number
      readonly parts: readonly { start: number; end: number; text: string; weight: number }[]
    }
  }
  readonly brand?: NonNullable<Answer['sentiment']>
  readonly entities?: readonly { start: number; end: number; type: string; text: string }[]
}

async function run(
  input: string | Buffer[],
  options: ScoreOptions = {},
): Promise<{ answers: Answer[]; errors: string }> {
  const written = { output: '', errors: '' }
  const sink = (to: 'output' | 'errors'): Writable =>
    new Writable({
      write(chunk, _encoding, done) {
        written[to] += String(chunk)
        done()
      },
    })
  await score(options, {
    input: Readable.from(typeof input === 'string' ? [Buffer.from(input)] : input),
    output: sink('output'),
    errors: sink('errors'),
  })
  const lines = written.output.split('\n')
  expect(lines.pop()).toBe('')
  return { answers: lines.map((line) => JSON.parse(line) as Answer), errors: written.errors }
}

const ndjson = (rows: readonly unknown[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('')

const MENTIONS = [
  { id: 'a', text: 'I love the new shoes, best purchase this year 😍', lang: 'en' },
  { id: 'b', text: 'Das neue Telefon ist leider schon wieder kaputt, so ein Mist' },
  { id: 'c', text: '' },
  { id: 'd' },
  { id: 'e', text: 'x \ud83d y' },
  { id: 'f', text: 'We met Angela Merkel in Berlin on Monday and it was great', lang: 'en' },
  { id: 'g', text: `${'good '.repeat(200_000)}` },
  { id: 7, text: 17, lang: 3 },
]

describe('score', () => {
  it('answers each line once, in order, also those that it cannot score', async () => {
    const { answers, errors } = await run(
      `${ndjson(MENTIONS)}not json\n[1]\nnull\n{"id":"z","text":"fine","lang":"en"}`,
    )
    expect(answers.map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g', 7, null, null, null, 'z'])
    expect(answers[3]).toEqual({ id: 'd' })
    expect(answers[8]).toEqual({ id: null, error: 'not a JSON object' })
    expect(errors).toContain('3 lines')
  })

  it('gives each head in the form of the contract', async () => {
    const { answers } = await run(ndjson(MENTIONS))
    expect(answers[0]).toMatchObject({ language: { label: 'en', uncertain: false }, sentiment: { label: 'positive' } })
    expect(answers[1]).toMatchObject({ language: { label: 'de', uncertain: false }, sentiment: { label: 'negative' } })
    expect(answers[2]!.language).toEqual({ label: 'und', uncertain: true })
    const { scores } = answers[0]!.sentiment!
    expect(Object.keys(scores)).toEqual(['negative', 'neutral', 'positive'])
    expect(Object.values(scores).reduce((sum, score) => sum + score, 0)).toBeCloseTo(1, 5)
    for (const { start, end, text } of answers[5]!.entities!)
      expect(MENTIONS[5]!.text!.toString().slice(start, end)).toBe(text)
    expect(answers[5]!.entities).toContainEqual(expect.objectContaining({ type: 'LOC', text: 'Berlin' }))
  })

  it('explains on request: weights add up, and parts are the text they point at', async () => {
    const text = 'Worst service 👩‍💻 ever, I hate waiting'
    const [plain] = (await run(ndjson([{ id: 'x', text, lang: 'en' }]))).answers
    const [explained] = (await run(ndjson([{ id: 'x', text, lang: 'en' }]), { explain: true })).answers
    expect(plain!.sentiment!.explain).toBeUndefined()
    const { margin, bias, rest, parts } = explained!.sentiment!.explain!
    expect(bias + rest + parts.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(margin, 4)
    for (const part of parts) expect(text.slice(part.start, part.end)).toBe(part.text)
    expect(parts.map((part) => part.text)).toContain('hate')
  })

  it('does not depend on the other lines or on how the bytes arrive', async () => {
    const { answers } = await run(ndjson(MENTIONS))
    const turned = await run(ndjson([...MENTIONS].reverse()))
    expect(turned.answers.reverse()).toEqual(answers)
    const bytes = Buffer.from(ndjson(MENTIONS.slice(0, 2)))
    const pieces = Array.from({ length: bytes.length }, (_, i) => bytes.subarray(i, i + 1))
    expect((await run(pieces)).answers).toEqual(answers.slice(0, 2))
  })

  it('computes only what is asked for', async () => {
    const { answers } = await run(ndjson(MENTIONS.slice(0, 1)), { only: ['sentiment', 'emotion'] })
    expect(Object.keys(answers[0]!)).toEqual(['id', 'sentiment'])
    await expect(run('', { only: ['mood'] })).rejects.toMatchObject({ code: 'HEAD_UNKNOWN', class: 'config' })
  })

  it('finds the names of the profile that a line asks for', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'score-'))
    try {
      const profiles = join(folder, 'profiles.ndjson')
      writeFileSync(profiles, ndjson([{ brand: 'Acme', products: ['RoadRunner'] }]))
      const line = {
        id: 'p',
        brand: 'Acme',
        text: 'mein acme telefon ist heute leider schon wieder kaputt',
        lang: 'de',
      }
      const { answers } = await run(ndjson([line]), { profiles })
      expect(answers[0]!.entities).toEqual([{ start: 5, end: 9, type: 'ORG', text: 'acme' }])
      writeFileSync(profiles, ndjson([{ brand: 'Acme', products: 'RoadRunner' }]))
      await expect(run('', { profiles })).rejects.toMatchObject({ code: 'PROFILE_INVALID' })
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('says whether the named brand is meant, with and without a profile, and explains it exactly', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'score-'))
    try {
      const profiles = join(folder, 'profiles.ndjson')
      writeFileSync(profiles, ndjson([{ brand: 'Harbor', words: ['cashier'], notWords: ['boat'] }]))
      const lines = [
        { id: 1, brand: 'Harbor', lang: 'en', text: 'the cashier at harbor was kind' },
        { id: 2, brand: 'Harbor', lang: 'en', text: 'a boat left the harbor' },
        { id: 3, brand: 'Meadow', lang: 'en', text: 'Meadow announces a discount on its subscription' },
        { id: 4, lang: 'en', text: 'no brand is asked for' },
      ]
      const { answers } = await run(ndjson(lines), { profiles, only: ['brand'], explain: true })
      expect(answers.map(({ brand }) => brand?.label)).toEqual(['brand', 'other', 'brand', undefined])
      for (const [i, { brand }] of answers.slice(0, 3).entries()) {
        expect(brand!.scores.brand! + brand!.scores.other!).toBeCloseTo(1, 6)
        const { margin, bias, rest, parts } = brand!.explain!
        expect(margin).toBeGreaterThan(0)
        expect(bias + rest + parts.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(margin, 4)
        for (const part of parts) expect(lines[i]!.text.slice(part.start, part.end)).toBe(part.text)
      }
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
