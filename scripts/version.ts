import { existsSync, readFileSync } from 'node:fs'

/** The version of this package, in a checkout as well as in `dist/`. */
export function version(): string {
  const beside = new URL('../package.json', import.meta.url)
  const manifest = existsSync(beside) ? beside : new URL('../../package.json', import.meta.url)
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { readonly version: string }).version
}
