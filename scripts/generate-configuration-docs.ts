/** Makes the JSON Schema and the reference page of the configuration in `docs/`; `--check` fails when they are not current. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { configurationJsonSchema } from '#infra/config/json-schema.ts'
import { configurationPage } from './configuration-page.ts'

const folder = new URL('../docs/', import.meta.url)
const schema = configurationJsonSchema()
const files = {
  'configuration.schema.json': `${JSON.stringify(schema, null, 2)}\n`,
  'configuration.md': configurationPage(schema),
}

mkdirSync(folder, { recursive: true })
for (const [name, text] of Object.entries(files)) {
  const target = new URL(name, folder)
  if (!process.argv.includes('--check')) writeFileSync(target, text)
  else if (read(target) !== text) {
    console.error(`docs/${name} is not what the schema says: run "npm run docs:configuration" and commit the result`)
    process.exitCode = 1
  }
}

function read(target: URL): string | null {
  try {
    return readFileSync(target, 'utf8')
  } catch {
    return null // not there yet: as good as different
  }
}
