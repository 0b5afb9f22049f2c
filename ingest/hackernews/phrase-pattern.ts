/** Finds a phrase as whole words, whatever stands between them and in whatever case: the search service is less strict. */
export function phrasePattern(phrase: string): RegExp {
  const words = phrase.normalize('NFC').match(/[\p{L}\p{N}]+/gu) ?? []
  if (words.length === 0) return /(?:)/u
  return new RegExp(`(?<![\\p{L}\\p{N}])${words.join('[^\\p{L}\\p{N}]+')}(?![\\p{L}\\p{N}])`, 'iu')
}
