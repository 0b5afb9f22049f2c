import { type BrandSenseScorer, createBrandSenseScorer } from '#enrich/brand-sense/brand-sense-scorer.ts'
import { WordClass, wordClasses } from '#enrich/brand-sense/sense-words.ts'
import { stemHashOf } from '#enrich/brand-sense/stem-hash.ts'
import { ownCases, type SenseCase, validationCases } from '../train/brand-sense/read-cases.ts'
import { keptBack } from '../train/brand-sense/train-brand-sense.ts'
import { accuracy, calibrationError, type Judged, measure, shown } from './figures.ts'
import type { Section } from './section.ts'

const BRAND = 'brand'
const OTHER = 'other'
const labelOf = (isBrand: boolean): string => (isBrand ? BRAND : OTHER)
const ROUNDS = 40

/** Names that are also words: the brands of the validation rows, and our own by brand, each judged by a model that never saw it. */
export function brandSenseSection(data: string): Section {
  const scorer = createBrandSenseScorer()
  const rows = validationCases(data)
  const answers = rows.map(({ text, profile, isBrand }) => {
    const { state, probability } = scorer.judge(text, 'en', profile)
    return { brand: profile.name, state, probability, right: labelOf(isBrand), said: labelOf(probability >= 0.5) }
  })
  const own = keptBack(ownCases()).map(
    ({ isBrand, margin }): Judged => ({ right: labelOf(isBrand), said: labelOf(margin > 0) }),
  )
  const decided = answers.filter(({ state }) => state !== 'unsure')
  const share = `${((100 * decided.length) / answers.length).toFixed(0)} %`
  const calibration = calibrationError(
    answers.map(({ probability, right, said }) => ({
      confidence: Math.max(probability, 1 - probability),
      hit: right === said,
    })),
  )
  const floor = (isBrand: (row: SenseCase) => boolean): string =>
    shown(
      measure(
        rows.map((row) => ({ right: labelOf(row.isBrand), said: labelOf(isBrand(row)) })),
        accuracy,
      ),
    )
  const figure = shown(measure(answers, accuracy))
  const ownFigure = shown(measure(own, accuracy))
  const decidedFigure = `${share}, right ${shown(measure(decided, accuracy))}`
  const brands = [...new Set(answers.map(({ brand }) => brand))]
  const byBrand = brands.map((brand) => {
    const of = answers.filter((answer) => answer.brand === brand)
    const sure = of.filter(({ state }) => state !== 'unsure')
    const hits = (part: readonly Judged[]): number => part.filter(({ right, said }) => right === said).length
    return `| ${brand} | ${hits(of)} of ${of.length} | ${hits(sure)} of ${sure.length} |`
  })
  return {
    markdown: [
      `### Ambiguous names: ${rows.length} validation sentences about ${brands.length} brands that were never trained on\n`,
      '| | accuracy (95 % interval) |',
      '| --- | --- |',
      `| Earshot, ${scorer.model} | **${figure}** |`,
      `| a capital letter | ${floor(({ text, profile }) => text.includes(profile.name))} |`,
      `| words of trade, service and business | ${floor(({ text }) => hasTradeWord(text))} |`,
      `| the profile's words against its anti-words | ${floor(moreWords)} |`,
      `| Earshot on our own ${own.length} sentences, each brand kept back in turn | ${ownFigure} |`,
      '',
      `Expected calibration error ${calibration.toFixed(1)} %. Decided (not *unsure*): ${decidedFigure}. Speed: ${speed(scorer, rows)} posts a second of one core.\n`,
      '| | right | right where decided |',
      '| --- | --- | --- |',
      ...byBrand,
      '',
    ].join('\n'),
    cards: { 'brand-sense': { accuracy: figure, decided: decidedFigure, 'own sentences, split by brand': ownFigure } },
  }
}

const wordsOf = (text: string): string[] => text.toLowerCase().match(/[a-z0-9'&-]+/g) ?? []

const hasTradeWord = (text: string): boolean =>
  wordsOf(text).some(
    (word) =>
      ((wordClasses.get(stemHashOf(word)) ?? 0) & (WordClass.Trade | WordClass.Service | WordClass.Company)) !== 0,
  )

/** The rule that one would write first. A tie is the brand. */
function moreWords({ text, profile }: SenseCase): boolean {
  const small = ` ${wordsOf(text).join(' ')} `
  const count = (list: readonly string[]): number =>
    list.filter((word) => small.includes(` ${word.toLowerCase()} `)).length
  const { words, products, rivals, people, places, notWords } = profile
  return count([...words, ...products, ...rivals, ...people, ...places]) >= count(notWords)
}

function speed(scorer: BrandSenseScorer, rows: readonly SenseCase[]): string {
  const judgeAll = (): void => {
    for (let round = 0; round < ROUNDS; round++) {
      for (const { text, profile } of rows) scorer.judge(text, 'en', profile)
    }
  }
  judgeAll()
  const before = process.cpuUsage().user
  judgeAll()
  const micros = (process.cpuUsage().user - before) / (ROUNDS * rows.length)
  return `${Math.round(1000 / micros)},000`
}
