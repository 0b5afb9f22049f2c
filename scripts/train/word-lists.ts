import { LISTS } from '#enrich/sentiment/sentiment-features.ts'
import { PostTokens } from '#enrich/text/post-tokens.ts'
import { WordTable } from '#enrich/text/word-table.ts'
import { readList } from './read-tsv.ts'

const LIST_FILES = [
  { file: 'vader_lexicon.txt', step: 32 },
  { file: 'afinn165.txt', step: 25 },
  { file: 'emoji_scores.tsv', step: 127 },
] as const

/** VADER, AFINN-165 and emoji scores by the hash of the word: no word is kept. Entries of several tokens are left out. */
export function sentimentLists(data: string): WordTable {
  const lists = LIST_FILES.map(({ file, step }) => ({ step, lines: readList(data, `lexicons-sentiment/${file}`) }))
  const table = WordTable.withRoomFor(
    lists.reduce((sum, { lines }) => sum + lines.length, 0),
    LISTS,
  )
  const tokens = new PostTokens()
  lists.forEach(({ step, lines }, list) => {
    for (const [word, value] of lines) {
      if (tokens.read(word!).count !== 1) continue
      const slot = table.add(tokens.hashes[0]!)
      table.values[slot * LISTS + list] = Math.max(-127, Math.min(127, Math.round(Number(value) * step)))
    }
  })
  return table
}
