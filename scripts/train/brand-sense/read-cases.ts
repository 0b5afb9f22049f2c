import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BrandProfile } from '#schemas/brand-profile.ts'
import { readTsv } from '../read-tsv.ts'

/** A post with a brand's name in it, and whether the brand is meant. */
export interface SenseCase {
  readonly profile: BrandProfile
  readonly text: string
  readonly isBrand: boolean
}

const LISTS = [
  'products',
  'rivals',
  'people',
  'places',
  'words',
  'notWords',
  'handles',
  'domains',
  'languages',
] as const

/** The validation rows of other brands, with their profiles. For measuring only. */
export function validationCases(data: string): SenseCase[] {
  const lines = readLines(join(data, 'brand-ambiguity/profiles.ndjson'))
  const profiles = new Map(lines.map((line) => [line.brand as string, profileOf(line)]))
  return readTsv(data, 'brand-ambiguity/val.tsv').map(({ brand, label, text }) => ({
    profile: profiles.get(brand!)!,
    text: text!,
    isBrand: label === '1',
  }))
}

/** A profile from a line of `{brand, products?, rivals?, …}`. */
function profileOf(line: Readonly<Record<string, unknown>>): BrandProfile {
  const lists = Object.fromEntries(LISTS.map((key) => [key, (line[key] ?? []) as string[]])) as unknown as Record<
    (typeof LISTS)[number],
    readonly string[]
  >
  const name = line.brand as string
  return { id: name, name, query: `"${name}"`, ambiguous: true, ...lists, mustMatch: [], mustNotMatch: [] }
}

/** Our own sentences about brands whose names are also words: a line a brand, four for the brand and four against. */
export function ownCases(): SenseCase[] {
  return ['cases-1.ndjson', 'cases-2.ndjson', 'cases-3.ndjson'].flatMap((file) =>
    readLines(new URL(file, import.meta.url)).flatMap((line) => {
      const profile = profileOf(line)
      const cases = (key: string, isBrand: boolean): SenseCase[] =>
        (line[key] as string[]).map((text) => ({ profile, text, isBrand }))
      return [...cases('about', true), ...cases('other', false)]
    }),
  )
}

const readLines = (file: URL | string): Record<string, unknown>[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
