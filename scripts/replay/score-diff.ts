import type { Annotations, Entity } from '#schemas/generated.ts'
import type { Content } from '#schemas/merge.ts'

/** The one label of a mention's sentiment that people count. */
export const SENTIMENT_LABELS = ['negative', 'neutral', 'positive', 'uncertain', 'not scored'] as const

export const sentimentLabel = ({ sentiment }: Annotations): string => {
  if (sentiment === null) return 'not scored'
  return sentiment.uncertain ? 'uncertain' : sentiment.label
}

/** Old label → new label → mentions. */
export type Confusion = Readonly<Record<string, Readonly<Record<string, number>>>>

export interface LabelDiff {
  readonly changed: number
  readonly table: Confusion
}

/** How one part of the mentions has moved. */
export interface Moved {
  readonly name: string
  readonly compared: number
  /** With another sentiment label. */
  readonly changed: number
  /** Of the probability of "negative", over those scored by both; null where there is none. */
  readonly meanChange: number | null
}

export interface Example {
  readonly id: string
  readonly old: Content
  readonly new: Content
  /** Of the probability of "negative"; 0 where one of the two was not scored. */
  readonly change: number
}

export interface DiffFigures {
  readonly compared: number
  readonly sentiment: LabelDiff & { readonly meanChange: number | null }
  readonly language: LabelDiff
  readonly misinformation: LabelDiff
  readonly entities: { readonly changed: number; readonly added: number; readonly removed: number }
  readonly brands: readonly Moved[]
  readonly languages: readonly Moved[]
  /** Versions of the models of the sentiment: who has scored. */
  readonly models: { readonly old: readonly string[]; readonly new: readonly string[] }
  readonly examples: readonly Example[]
}

class Labels {
  readonly #table = new Map<string, Map<string, number>>()
  changed = 0

  /** True when they differ. */
  add(old: string, now: string): boolean {
    const row = this.#table.get(old) ?? new Map<string, number>()
    this.#table.set(old, row)
    row.set(now, (row.get(now) ?? 0) + 1)
    if (old === now) return false
    this.changed++
    return true
  }

  get diff(): LabelDiff {
    const table = Object.fromEntries([...this.#table].map(([old, row]) => [old, Object.fromEntries(row)]))
    return { changed: this.changed, table }
  }
}

class Group {
  compared = 0
  changed = 0
  #scored = 0
  #sum = 0

  add(changed: boolean, change: number | null): void {
    this.compared++
    if (changed) this.changed++
    if (change === null) return
    this.#scored++
    this.#sum += change
  }

  get meanChange(): number | null {
    return this.#scored === 0 ? null : this.#sum / this.#scored
  }
}

/** Counts how two scores of the same mentions differ, one mention after the other; holds counts and a few examples. */
export class ScoreDiff {
  readonly #most: number
  readonly #all = new Group()
  readonly #sentiment = new Labels()
  readonly #language = new Labels()
  readonly #misinformation = new Labels()
  readonly #entities = { changed: 0, added: 0, removed: 0 }
  readonly #brands = new Map<string, Group>()
  readonly #languages = new Map<string, Group>()
  readonly #models = { old: new Set<string>(), new: new Set<string>() }
  #examples: Example[] = []

  /** `examples`: how many mentions with another label are kept, those that moved most. */
  constructor(examples: number) {
    this.#most = examples
  }

  add(id: string, old: Content, now: Content): void {
    const [before, after] = [old.annotations, now.annotations]
    const changed = this.#sentiment.add(sentimentLabel(before), sentimentLabel(after))
    const change =
      before.sentiment === null || after.sentiment === null
        ? null
        : after.sentiment.negative - before.sentiment.negative
    this.#all.add(changed, change)
    this.#language.add(languageOf(old), languageOf(now))
    this.#misinformation.add(before.misinformation?.state ?? 'not scored', after.misinformation?.state ?? 'not scored')
    this.#addEntities(before, after)
    for (const brand of new Set([...before.brands, ...after.brands])) groupOf(this.#brands, brand).add(changed, change)
    groupOf(this.#languages, languageOf(now)).add(changed, change)
    if (before.sentiment !== null) this.#models.old.add(before.sentiment.model)
    if (after.sentiment !== null) this.#models.new.add(after.sentiment.model)
    if (changed) this.#keep({ id, old, new: now, change: change ?? 0 })
  }

  get figures(): DiffFigures {
    return {
      compared: this.#all.compared,
      sentiment: { ...this.#sentiment.diff, meanChange: this.#all.meanChange },
      language: this.#language.diff,
      misinformation: this.#misinformation.diff,
      entities: { ...this.#entities },
      brands: moved(this.#brands),
      languages: moved(this.#languages),
      models: { old: [...this.#models.old].sort(), new: [...this.#models.new].sort() },
      examples: this.#examples,
    }
  }

  #addEntities(before: Annotations, after: Annotations): void {
    const [old, now] = [entityNames(before), entityNames(after)]
    const added = [...now].filter((name) => !old.has(name)).length
    const removed = [...old].filter((name) => !now.has(name)).length
    this.#entities.added += added
    this.#entities.removed += removed
    if (added + removed > 0) this.#entities.changed++
  }

  #keep(example: Example): void {
    const last = this.#examples.at(-1)
    if (this.#examples.length === this.#most && (last === undefined || byChange(example, last) >= 0)) return
    this.#examples = [...this.#examples, example].sort(byChange).slice(0, this.#most)
  }
}

const byChange = (a: Example, b: Example): number =>
  Math.abs(b.change) - Math.abs(a.change) || (a.id < b.id ? -1 : Number(a.id > b.id))

const languageOf = ({ mention }: Content): string => mention.lang.detected ?? 'unknown'

const entityNames = ({ entities }: Annotations): ReadonlySet<string> =>
  new Set(entities?.items.map(({ type, start, end, id, text }: Entity) => `${type} ${start} ${end} ${id ?? text}`))

function groupOf(groups: Map<string, Group>, name: string): Group {
  const group = groups.get(name) ?? new Group()
  groups.set(name, group)
  return group
}

/** Those that moved most first. */
const moved = (groups: ReadonlyMap<string, Group>): Moved[] =>
  [...groups]
    .map(([name, { compared, changed, meanChange }]) => ({ name, compared, changed, meanChange }))
    .sort((a, b) => Math.abs(b.meanChange ?? 0) - Math.abs(a.meanChange ?? 0) || (a.name < b.name ? -1 : 1))
