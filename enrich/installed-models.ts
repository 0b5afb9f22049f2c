import { readdirSync, readFileSync } from 'node:fs'

/** What stands beside each model and list: where it comes from, and how good it was found to be. */
export interface ModelCard {
  readonly name: string
  readonly version: string
  readonly title: string
  /** Data sets and lists it was made from, each with its terms. */
  readonly data: readonly string[]
  readonly [figure: string]: unknown
}

const folder = new URL('./models/', import.meta.url)

/** The cards of all models and lists that this version ships, by name. */
export function installedModels(): readonly ModelCard[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as ModelCard)
}
