import { describe, expect, it } from 'vitest'
import { NameUnits } from '#enrich/entities/name-units.ts'
import { PostTokens } from '#enrich/text/post-tokens.ts'
import { hashWord } from '#enrich/text/word-hash.ts'

const tokens = new PostTokens()
const units = new NameUnits()

function read(text: string): string[] {
  units.read(text, tokens.read(text))
  return Array.from({ length: units.count }, (_, i) => text.slice(units.starts[i]!, units.ends[i]!))
}

describe('name units', () => {
  it.each([
    ["Ada's loaf", ['Ada', "'s", 'loaf']],
    ['Korn-Mills & Sons', ['Korn-Mills', '&', 'Sons']],
    ['B&B in the U.S.A. today', ['B&B', 'in', 'the', 'U.S.A.', 'today']],
    ['Over.Next', ['Over', '.', 'Next']],
    ["it 's , don't", ['it', "'s", ',', "don't"]],
    ["Mill-Lane's", ['Mill-Lane', "'s"]],
    ['🥖 #RyeBread @mill', ['🥖', '#RyeBread', '@mill']],
  ])('of %j', (text, expected) => {
    expect(read(text)).toEqual(expected)
  })

  it('have the hash of their word, whatever its case and accents', () => {
    read("CRÈME's korn-mills")
    expect(units.hashes[0]).toBe(hashWord('creme'))
    expect(units.hashes[1]).toBe(hashWord("'s"))
    expect(units.hashes[2]).toBe(hashWord('Korn-Mills'))
  })

  it('are part of a name when they are words, or marks that names hold', () => {
    const text = 'St. James , Mill & Co . @mill 🥖 O'
    const names = read(text).filter((_, i) => units.canName(text, i))
    expect(names).toEqual(['St', '.', 'James', 'Mill', '&', 'Co', '.', 'O'])
  })
})
