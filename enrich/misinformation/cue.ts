/** What a word or phrase may hint at. */
export const CUES = [
  'attribution',
  'assertion',
  'quantity',
  'time',
  'opinion',
  'chat',
  'question',
  'denial',
  'satire',
  'hearsay',
  'miracle',
  'share',
  'health',
  'elections',
  'disaster',
  'finance',
  'violence',
] as const
export type Cue = (typeof CUES)[number]

/** For each cue words and phrases with `|` between them; `*` at the end of a word (three letters or more before it) takes any ending. */
export type CueWords = Readonly<Record<Cue, string>>
