import { describe, expect, it } from 'vitest'
import { NO_CLASSES, WordClasses } from '#enrich/entities/word-classes.ts'
import { hashWord } from '#enrich/text/word-hash.ts'

const entry = (word: string, classes: number, lists = 0) => ({ wordHash: hashWord(word), classes, lists })

describe('word classes', () => {
  it('keep the first classes of a word, and all the lists that hold it', () => {
    const { classes, marks, dropped } = WordClasses.build(8, [
      entry('mill', 7),
      entry('mill', 9, 4),
      entry('korn', NO_CLASSES, 2),
    ])
    const table = new WordClasses(classes, marks)
    const mill = table.find(hashWord('mill'))
    expect([table.classesAt(mill), table.listsAt(mill)]).toEqual([7, 4])
    const korn = table.find(hashWord('Korn'))
    expect([table.classesAt(korn), table.listsAt(korn)]).toEqual([NO_CLASSES, 2])
    expect(table.find(hashWord('bread'))).toBe(-1)
    expect(dropped).toBe(0)
  })

  it('count the words that had no room', () => {
    const words = Array.from({ length: 64 }, (_, i) => entry(`word${i}`, i))
    const { classes, marks, dropped } = WordClasses.build(5, words)
    const table = new WordClasses(classes, marks)
    expect(words.filter(({ wordHash }) => table.find(wordHash) < 0).length).toBeGreaterThan(0)
    expect(dropped).toBeGreaterThanOrEqual(64 - 32)
  })
})
