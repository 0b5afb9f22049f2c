import { z } from 'zod'
import { configurationSchema } from './configuration.ts'

/** What is used here of JSON Schema 2020-12. */
export interface JsonSchema {
  readonly type?: string | readonly string[]
  readonly title?: string
  readonly description?: string
  readonly default?: unknown
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly items?: JsonSchema
  readonly anyOf?: readonly JsonSchema[]
  readonly oneOf?: readonly JsonSchema[]
  readonly propertyNames?: JsonSchema
}

/** The JSON Schema of the configuration as people write it: for editors, and for the reference page. */
export const configurationJsonSchema = (): JsonSchema => ({
  title: 'Configuration of Earshot',
  ...(z.toJSONSchema(configurationSchema, { io: 'input' }) as JsonSchema),
})
