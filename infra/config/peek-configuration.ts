import { readFile } from 'node:fs/promises'
import { parseDocument } from 'yaml'

/** What commands that only look need to know of a configuration, whatever else may be wrong with it or not set. */
export interface ConfigurationPeek {
  readonly mode: string
  readonly namespace: string
}

/** null when there is no such file. */
export async function peekConfiguration(path: string): Promise<ConfigurationPeek | null> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
  const document = parseDocument(text, { prettyErrors: false, stringKeys: true, logLevel: 'silent' })
  const textAt = (key: string, otherwise: string) => {
    const value = document.has(key) ? document.get(key) : undefined
    return typeof value === 'string' ? value : otherwise
  }
  return { mode: textAt('mode', 'embedded'), namespace: textAt('namespace', 'earshot') }
}
