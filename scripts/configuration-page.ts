import type { JsonSchema } from '#infra/config/json-schema.ts'

/** The reference page, made from the schema alone: a table for each group of keys. */
export function configurationPage(schema: JsonSchema): string {
  const sections: string[] = []
  section(sections, 'Top level', '', schema, 2)
  return `# Configuration

Made from the code by \`npm run docs:configuration\`; edit \`infra/config/configuration.ts\` instead.

One YAML file, \`earshot.yaml\` unless \`--config\` names another. \`earshot init NAME\` writes a first one, \`earshot check\` lists
everything that is wrong with it, with line and column. Unknown keys are errors. Durations are written with their unit (\`30s\`, \`5m\`, \`2h\`, \`7d\`),
sizes too (\`500MB\`, \`4GB\`). \`\${NAME}\` inside a text is replaced by that environment variable, \`$\${\` is a plain \`\${\`; secrets are accepted in this form only.
An editor that knows YAML schemas completes and checks the file with \`configuration.schema.json\`, which lies beside this page.

${sections.join('\n')}`
}

function section(out: string[], title: string, path: string, schema: JsonSchema, depth: number): void {
  const rows = Object.entries(schema.properties ?? {}).map(([key, value]) => {
    const required = schema.required?.includes(key) && value.default === undefined
    const standard = required ? '*required*' : value.default === undefined ? '' : code(value.default)
    return `| \`${key}\` | ${kind(value)} | ${standard} | ${cell(value.description ?? '')} |`
  })
  const intro = path === '' || !schema.description ? '' : `${schema.description}.\n\n`
  out.push(
    `${'#'.repeat(depth)} ${title}\n\n${intro}| Key | Value | Default | Meaning |\n| --- | --- | --- | --- |\n${rows.join('\n')}\n`,
  )
  for (const [key, value] of Object.entries(schema.properties ?? {})) {
    const inner = path === '' ? key : `${path}.${key}`
    for (const { schema: group, list } of groups(value)) {
      const type = group.properties?.type?.const
      const name = list ? `${inner}[]` : inner
      section(out, type === undefined ? code(name) : `${code(name)} with ${code(`type: ${type}`)}`, name, group, 3)
    }
  }
}

/** The objects with keys of their own that a value may hold. */
function groups(schema: JsonSchema): { readonly schema: JsonSchema; readonly list: boolean }[] {
  if (schema.items) return groups(schema.items).map((group) => ({ ...group, list: true }))
  const options = schema.oneOf ?? schema.anyOf
  if (options) return options.flatMap(groups)
  return schema.properties && Object.keys(schema.properties).length > 0 ? [{ schema, list: false }] : []
}

function kind(schema: JsonSchema): string {
  if (schema.const !== undefined) return code(schema.const)
  if (schema.enum) return schema.enum.map(code).join(', ')
  const options = schema.anyOf ?? schema.oneOf
  if (options) {
    const named = options.map(kind)
    return [...new Set(named)].join(' or ')
  }
  if (schema.type === 'array') return `list of ${kind(schema.items ?? {})}`
  if (schema.propertyNames) return `keys among ${(schema.propertyNames.enum ?? []).map(code).join(', ')}`
  if (schema.type === 'object') return 'keys below'
  return [schema.type ?? 'any']
    .flat()
    .map((type) => (type === 'string' ? (schema.title ?? 'text') : (TYPE_WORDS[type] ?? type)))
    .join(' or ')
}

const TYPE_WORDS: Readonly<Record<string, string>> = { boolean: '`true`, `false`', null: 'null' }

const code = (value: unknown): string => `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``
const cell = (text: string): string => text.replaceAll('|', '\\|')
