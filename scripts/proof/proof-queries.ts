import type { Selection } from '#infra/contracts/search-index.ts'
import { parseQuery } from '#query/parse.ts'
import { PROOF_UNTIL } from './proof-corpus.ts'

const DAY_MS = 86_400_000

export interface ProofQuery {
  readonly name: string
  readonly selection: Selection
}

/** Every part of the query language, alone and joined, on what the corpus says. */
const SOURCES = [
  ...['kestrel', 'delivery', 'café', 'KAFFEE', 'quasar', 'obelisk', '新しい', '东京', 'รองเท้า', 'кроссовки', 'المنتج'],
  ...['"kestrel coffee"', '"same day"', '"新しい靴"', '"nordlys headphones"', '"the best I have"'],
  ...['kestrel NEAR/8 (coffee OR latte OR espresso)', 'nordlys NEAR/3f sound', 'acme NEAR/5 zephyr'],
  ...['"kestrel coffee" NEAR/6 (best OR friendly OR roast*)', 'acme NEAR/2f quasar', '=Acme NEAR/10 zephyr'],
  ...['deliver*', 'head*', 'quas* NEAR/9 acm*', '=Kestrel', '=acme', '=Zephyr OR =obelisk'],
  ...['#kestrelcoffee', '#parcelo OR @parcelohelp', '@parcelohelp', '@nobodyknowsthis'],
  ...['url:site1.example', 'url:example', 'url:market-wire.example OR url:site42.example'],
  ...['parcelo NOT (refund OR late OR lost)', 'NOT (kestrel OR nordlys OR parcelo)', 'NOT acme', 'acme zephyr quasar'],
  ...['(kestrel OR nordlys) (great OR love OR best) NOT "kestrel coffee"', 'que OR nicht OR pas', 'edit typo'],
] as const

const EVERYTHING: Selection = { query: null, range: { since: null, until: null }, brands: [] }
const lastDays = (from: number, to: number) => ({
  since: PROOF_UNTIL - from * DAY_MS,
  until: PROOF_UNTIL - to * DAY_MS,
})

export const PROOF_QUERIES: readonly ProofQuery[] = [
  { name: 'everything', selection: EVERYTHING },
  ...SOURCES.map((source) => ({ name: source, selection: { ...EVERYTHING, query: parseQuery(source) } })),
  { name: 'brand kestrel', selection: { ...EVERYTHING, brands: ['kestrel'] } },
  { name: 'brands parcelo or acme', selection: { ...EVERYTHING, brands: ['parcelo', 'acme'] } },
  { name: 'timely ones', selection: { ...EVERYTHING, timely: true } },
  { name: 'the last week', selection: { ...EVERYTHING, range: lastDays(7, 0) } },
  { name: 'one hour', selection: { ...EVERYTHING, range: lastDays(8, 8 - 1 / 24) } },
  {
    name: 'brand parcelo, leak NOT lost, days 8 to 6',
    selection: { query: parseQuery('leak NOT lost'), brands: ['parcelo'], range: lastDays(8, 6) },
  },
  {
    name: 'before the corpus',
    selection: { ...EVERYTHING, range: { since: null, until: PROOF_UNTIL - 400 * DAY_MS } },
  },
]
