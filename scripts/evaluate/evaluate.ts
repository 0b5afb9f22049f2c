import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { createLanguageDetector } from '#enrich/language/language-detector.ts'
import { TONES } from '#enrich/sentiment/sentiment-model.ts'
import { createSentimentScorer } from '#enrich/sentiment/sentiment-scorer.ts'
import { PostTokens } from '#enrich/text/post-tokens.ts'
import { readTsv } from '../train/read-tsv.ts'
import { brandSenseSection } from './brand-sense.ts'
import { accuracy, calibrationError, type Judged, macroF1, macroRecall, measure, shown } from './figures.ts'
import { naturalPeers, type Peer, vaderPeer } from './peers.ts'
import type { Section } from './section.ts'

const PAGE = new URL('../../docs/models.md', import.meta.url)
const MODELS = new URL('../../enrich/models/', import.meta.url)
const END = '<!-- end of figures -->'
const SPEED_POSTS = 20_000
/** Answer of a head that says nothing: never right. */
const NOTHING = '(none)'

/** The parts of the page that are measured apart, each between marks of its own. */
const PARTS: Readonly<
  Record<string, { readonly begin: string; readonly measure: (data: string) => readonly Section[] }>
> = {
  scores: {
    begin: '<!-- figures: written by `npm run evaluate` -->',
    measure: (data) => [sentimentSection(data), languageSection(data), speedSection(data)],
  },
  'brand-sense': {
    begin: '<!-- figures: written by `npm run evaluate -- brand-sense` -->',
    measure: (data) => [brandSenseSection(data)],
  },
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { data: { type: 'string', default: '../shared/data' } },
})
const asked = positionals.length === 0 ? Object.keys(PARTS) : positionals
for (const name of asked) {
  const part = PARTS[name]
  if (part === undefined) throw new RangeError(`no part "${name}": the parts are ${Object.keys(PARTS).join(', ')}`)
  const sections = part.measure(values.data)
  const figures = sections.map(({ markdown }) => markdown).join('\n')
  process.stdout.write(`${figures}\n`)
  writePage(part.begin, figures)
  for (const { cards } of sections) for (const [card, added] of Object.entries(cards)) writeCard(card, added)
}

function sentimentSection(data: string): Section {
  const scorer = createSentimentScorer()
  const peers = [...naturalPeers(), vaderPeer(data)]
  const posts = readTsv(data, 'sentiment/val.tsv').map(({ label, text }) => ({ right: label!, text: text! }))
  const answers = posts.map(({ right, text }) => ({ right, answer: scorer.score(text, 'en') }))
  const judged = answers.map(
    ({ right, answer }): Judged => ({ right, said: 'value' in answer ? answer.value.label : NOTHING }),
  )
  const sure = answers.flatMap(({ right, answer }): Judged[] =>
    'value' in answer && !answer.value.uncertain ? [{ right, said: answer.value.label }] : [],
  )
  const calibration = calibrationError(
    answers.flatMap(({ right, answer }) => {
      if (!('value' in answer)) return []
      const { value } = answer
      const top = TONES.reduce((best, tone) => (value[tone] > value[best] ? tone : best))
      return [{ confidence: value[top], hit: top === right }]
    }),
  )
  const english = shown(measure(judged, macroRecall))
  const decided = `${((100 * sure.length) / judged.length).toFixed(0)} %, right ${shown(measure(sure, accuracy))}`
  const byPeer = (peer: Peer): string =>
    shown(
      measure(
        posts.map(({ right, text }) => ({ right, said: peer.judge(text, 'en') })),
        macroRecall,
      ),
    )
  const languages = languageTable(data, scorer, peers)
  return {
    markdown: [
      `### Sentiment, English: ${posts.length} validation posts of SemEval 2017 task 4A\n`,
      '| | macro-averaged recall (95 % interval) |',
      '| --- | --- |',
      `| Earshot, ${scorer.model.split(' ')[0]} | **${english}** |`,
      ...peers.map((peer) => `| ${peer.name} | ${byPeer(peer)} |`),
      '',
      `Expected calibration error ${calibration.toFixed(1)} %. Decided (not *uncertain*): ${decided}.\n`,
      ...languages.lines,
    ].join('\n'),
    cards: {
      'sentiment-en': {
        'macro-recall': english,
        'calibration error, %': calibration.toFixed(1),
        decided,
      },
      'sentiment-multi': languages.figures,
    },
  }
}

function languageTable(
  data: string,
  scorer: ReturnType<typeof createSentimentScorer>,
  peers: readonly Peer[],
): { lines: string[]; figures: Record<string, string> } {
  const rows = readTsv(data, 'sentiment-multi/val.tsv')
  const codes = [...new Set(rows.map(({ lang }) => lang!))].sort()
  const lines = [
    '### Sentiment by language: validation posts of UMSAB, macro-F1 (95 % interval)\n',
    `| | posts | Earshot | ${peers.map(({ name }) => name).join(' | ')} |`,
    `| --- | --- | --- |${' --- |'.repeat(peers.length)}`,
  ]
  const figures: Record<string, string> = {}
  let sum = 0
  for (const code of codes) {
    const posts = rows.filter(({ lang }) => lang === code)
    const judge = (say: (text: string) => string): string =>
      shown(
        measure(
          posts.map(({ label, text }) => ({ right: label!, said: say(text!) })),
          macroF1,
        ),
      )
    const ours = judge((text) => {
      const answer = scorer.score(text, code)
      return 'value' in answer ? answer.value.label : NOTHING
    })
    sum += Number.parseFloat(ours)
    if (code !== 'en') figures[`macro-F1, ${code}`] = ours
    const others = peers.map((peer) => (peer.languages.includes(code) ? judge((text) => peer.judge(text, code)) : '–'))
    lines.push(`| ${code} | ${posts.length} | **${ours}** | ${others.join(' | ')} |`)
  }
  lines.push(`| mean | ${rows.length} | **${(sum / codes.length).toFixed(1)}** |${' |'.repeat(peers.length)}`, '')
  return { lines, figures }
}

/** On rows whose md5 begins with 0, which training leaves out. */
function languageSection(data: string): Section {
  const detector = createLanguageDetector()
  const figures: Record<string, string> = {}
  const lines = [
    '### Language: texts kept out of training, 79 languages\n',
    '| | texts | best guess right (95 % interval) | answered | right where answered |',
    '| --- | --- | --- | --- | --- |',
  ]
  const add = (name: string, rows: readonly { right: string; text: string }[], isDeclared = false): void => {
    const judge = (say: (text: string, declared: string | null) => string | null): Judged[] =>
      rows.map(({ right, text }) => ({ right, said: say(text, isDeclared ? right : null) ?? NOTHING }))
    const guessed = shown(
      measure(
        judge((text, declared) => detector.guess(text, declared).code),
        accuracy,
      ),
    )
    const detected = judge((text, declared) => detector.detect(text, declared).code).filter(
      ({ said }) => said !== NOTHING,
    )
    const share = `${((100 * detected.length) / rows.length).toFixed(1)} %`
    lines.push(`| ${name} | ${rows.length} | **${guessed}** | ${share} | ${shown(measure(detected, accuracy))} |`)
    figures[name] = guessed
  }
  for (const folder of ['lid-sentences', 'lid-word-pairs', 'lid-single-words']) {
    const rows = readTsv(data, `${folder}/train.tsv`)
      .map(({ label, text }) => ({ right: label!, text: text! }))
      .filter(({ text }) => createHash('md5').update(text).digest('hex')[0] === '0')
    add(folder.slice(4).replace('-', ' '), rows)
  }
  const posts = readTsv(data, 'sentiment-multi/val.tsv').map(({ lang, text }) => ({ right: lang!, text: text! }))
  add('posts in 8 languages', posts)
  add('the same, language declared', posts, true)
  const english = readTsv(data, 'sentiment/val.tsv').map(({ text }) => ({ right: 'en', text: text! }))
  add('English posts', english)
  return { markdown: [...lines, ''].join('\n'), cards: { language: figures } }
}

/** Processor time of one process, so that a busy machine does not count; model loading left out. */
function speedSection(data: string): Section {
  const posts = readTsv(data, 'sentiment/train.tsv')
    .slice(0, SPEED_POSTS)
    .map(({ text }) => text!)
  const tokens = new PostTokens()
  const detector = createLanguageDetector()
  const scorer = createSentimentScorer()
  const lines = ['### Speed: processor time a post, one core\n', '| | µs |', '| --- | --- |']
  const add = (name: string, run: (text: string) => unknown): void => {
    for (const post of posts) run(post)
    const before = process.cpuUsage().user
    for (const post of posts) run(post)
    lines.push(`| ${name} | ${((process.cpuUsage().user - before) / posts.length).toFixed(1)} |`)
  }
  add('tokens', (text) => tokens.read(text))
  add('language', (text) => detector.detect(text, null))
  add('sentiment with reasons', (text) => scorer.score(text, 'en'))
  return { markdown: [...lines, ''].join('\n'), cards: {} }
}

/** Replaces what stands between the two marks of the page. */
function writePage(mark: string, figures: string): void {
  const page = readFileSync(PAGE, 'utf8')
  const begin = page.indexOf(mark)
  const end = page.indexOf(END, begin)
  if (begin < 0 || end < begin) throw new RangeError(`docs/models.md lacks the marks ${mark} and ${END}`)
  writeFileSync(PAGE, `${page.slice(0, begin + mark.length)}\n\n${figures}\n${page.slice(end)}`)
}

function writeCard(name: string, added: Readonly<Record<string, string>>): void {
  const file = new URL(`${name}.json`, MODELS)
  const card = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>
  writeFileSync(file, `${JSON.stringify({ ...card, figures: added }, null, 2)}\n`)
}
