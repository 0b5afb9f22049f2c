/** Prints the packages that are loaded when every command, adapter, connector, scorer and stemmer is. */
import { readdirSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../../../..')
const packages = new Set<string>()
registerHooks({
  resolve(specifier, context, next) {
    const resolved = next(specifier, context)
    const [, name] = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(resolved.url) ?? []
    if (name !== undefined) packages.add(name)
    return resolved
  },
})

for (const file of readdirSync(join(root, 'scripts/commands'))) await import(join(root, 'scripts/commands', file))
await import('../../../../scripts/open-distributed.ts')
await import('../../../../scripts/open-embedded.ts')
await import('../../../../scripts/create-connectors.ts')
await import('#enrich/create-enrichment.ts')
const { stemmerOf } = await import('#index/alerts/stem-words.ts')
for (const language of ['en', 'de', 'es', 'fr', 'it', 'nl', 'no', 'pt', 'ru', 'sv']) stemmerOf(language)('running')
process.stdout.write([...packages].toSorted().join('\n'))
