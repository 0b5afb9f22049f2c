import { registerHooks } from 'node:module'

// `node --import` this, and the program is a version of the future: its mentions have a field more, and what is written today is
// their past. Worker threads are told likewise.

registerHooks({
  load(url, context, nextLoad) {
    if (!url.endsWith('/schemas/generated.ts')) return nextLoad(url, context)
    const source = `
      import { olderSchemas as older, wireSchemas as wire } from ${JSON.stringify(`${url}?today`)}
      const weather = { name: 'weather', type: ['null', 'string'], default: null }
      const grown = (schema) => {
        const { fields, ...rest } = JSON.parse(schema)
        return JSON.stringify({ ...rest, fields: [...fields, weather] })
      }
      const next = ['MentionEvent', 'EnrichedEvent']
      export const wireSchemas = { ...wire, ...Object.fromEntries(next.map((name) => [name, grown(wire[name])])) }
      export const olderSchemas = {
        ...older, ...Object.fromEntries(next.map((name) => [name, [...older[name], wire[name]]])),
      }`
    return { format: 'module', source, shortCircuit: true }
  },
})
