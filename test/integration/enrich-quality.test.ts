import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { createEntityTagger } from '#enrich/entities/entity-tagger.ts'
import { claimGate } from '#enrich/misinformation/claim-gate.ts'
import { PhraseMatcher } from '#enrich/misinformation/phrase-matcher.ts'
import { loadSourceList, sourceOf } from '#enrich/misinformation/source-quality.ts'
import { english } from '#enrich/misinformation/words/en.ts'
import { PostTokens } from '#enrich/text/post-tokens.ts'
import { type EntityPost, readEntityPosts } from '#scripts/train/entity-data.ts'
import { readList, readTsv } from '#scripts/train/read-tsv.ts'

const data = fileURLToPath(new URL('../../../shared/data', import.meta.url))
const TYPES = ['person', 'place', 'organisation'] as const

/** Strict F1 in percent: the same tokens of the data set and the same type; handles are not asked for. */
function strictF1(posts: readonly EntityPost[]): number {
  const tagger = createEntityTagger()
  let right = 0
  let said = 0
  let expected = 0
  for (const post of posts) {
    const place = (start: number, end: number): string => {
      const hit = [...post.tokens.keys()].filter((i) => post.tokens[i]!.start < end && post.tokens[i]!.end > start)
      return hit.every((i) => post.handles.has(i)) ? '' : `${hit[0]}-${hit.at(-1)}`
    }
    const names = post.names.filter(({ type }) => type < TYPES.length)
    const gold = new Set(names.map(({ start, end, type }) => `${place(start, end)} ${TYPES[type]}`))
    expected += gold.size
    const scored = tagger.tag(post.text, 'en', [])
    for (const { start, end, type } of 'value' in scored ? scored.value.items : []) {
      if (place(start, end) === '') continue
      said++
      if (gold.has(`${place(start, end)} ${type}`)) right++
    }
  }
  return (200 * right) / (said + expected)
}

describe.skipIf(!existsSync(data))('on the validation rows', () => {
  it('people, places and organisations are found at least as well as they were', () => {
    expect(strictF1(readEntityPosts(data, 'entities-wnut17', 'val'))).toBeGreaterThanOrEqual(56)
    expect(strictF1(readEntityPosts(data, 'entities-btc', 'val'))).toBeGreaterThanOrEqual(55)
  })

  it('the claim gate tells claims from talk better than calling everything a claim', () => {
    const matcher = new PhraseMatcher(english)
    const tokens = new PostTokens()
    const isClaim = (text: string): boolean => {
      tokens.read(text)
      return claimGate(text, tokens, matcher.find(tokens), false).isClaim
    }
    const posts = readTsv(data, 'checkworthy-ct22/val.tsv').map(({ claim, text }) => ({
      gold: claim === '1',
      text: text!,
    }))
    const right = posts.filter(({ gold, text }) => isClaim(text) === gold).length / posts.length
    const always = posts.filter(({ gold }) => gold).length / posts.length
    expect(right).toBeGreaterThan(always + 0.03)

    const sentences = readTsv(data, 'checkworthy-claimbuster/val.tsv')
    const said = sentences.filter(({ text }) => isClaim(text!))
    const found = said.filter(({ label }) => label === '1').length
    const f1 = (2 * found) / (said.length + sentences.filter(({ label }) => label === '1').length)
    expect(f1).toBeGreaterThan(0.57)
  })

  it('every rated site is found in the list as it was rated', () => {
    const list = loadSourceList()
    let rated = 0
    for (const [line = ''] of readList(data, 'source-quality/domain-quality.csv').slice(1)) {
      const [domain = '', quality = ''] = line.split(',')
      const verdict = sourceOf(`https://${domain}/`, list)
      if (verdict?.kind !== 'rated' || verdict.domain !== domain) continue
      expect(verdict.quality).toBeCloseTo(Number(quality), 1)
      rated++
    }
    expect(rated).toBeGreaterThan(11_000)
  })
})
