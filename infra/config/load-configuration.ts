import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { type Document, isMap, isScalar, isSeq, LineCounter, parseDocument, visit } from 'yaml'
import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'
import { type Configuration, configurationSchema } from './configuration.ts'
import { type Environment, processEnvironment, substitute } from './environment.ts'
import { InvalidConfiguration } from './invalid-configuration.ts'
import { consistencyProblems, type Problem, schemaProblems } from './problems.ts'
import { queryProblems } from './query-problems.ts'
import { serverProblems } from './server-problems.ts'
import { type Place, placeOf, YamlPlaces } from './yaml-places.ts'

export interface LoadOptions {
  /** Where `${NAME}` is looked up; the variables of this process when not given. */
  readonly environment?: Environment
}

/**
 * Reads the configuration file. Throws one PipelineError of class config: `CONFIG_UNREADABLE` when there is no such file,
 * an `InvalidConfiguration` with every problem of the file otherwise.
 */
export async function loadConfiguration(path: string, options: LoadOptions = {}): Promise<Configuration> {
  let bytes: Uint8Array
  try {
    bytes = await readFile(path)
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code
    const reason = code === 'ENOENT' ? 'there is no such file' : `it cannot be read (${code})`
    throw new PipelineError(
      ErrorClass.Config,
      'CONFIG_UNREADABLE',
      `configuration ${path}: ${reason}. "earshot init NAME" writes a first one; --config PATH names another`,
      { cause },
    )
  }
  const text = decode(bytes, path)
  return parseConfiguration(text, { ...options, name: path, folder: dirname(resolve(path)) })
}

export interface ParseOptions extends LoadOptions {
  /** How messages call the text. */
  readonly name: string
  /** Relative paths in the text start here. */
  readonly folder: string
}

/** The same for a text that has been read already. */
export function parseConfiguration(text: string, options: ParseOptions): Configuration {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, stringKeys: true })
  const places = new YamlPlaces(document, lines, text)
  const syntax = document.errors.map(({ pos: [start], message }) => {
    const place = placeOf(lines, start)
    return { place, key: '', message: message + quoteHint(text, place) }
  })
  // After a broken line the parser guesses, and its guesses would be reported as problems of their own.
  if (document.errors.some(({ code }) => code !== 'DUPLICATE_KEY')) throw invalid(options.name, syntax)

  const written = toValue(document, text, lines, options.name)
  if (written === null) {
    const message = 'the file holds nothing; "earshot init NAME" writes a first configuration'
    throw invalid(options.name, [{ place: { line: 1, column: 1 }, key: '', message }])
  }
  const { value, missing } = substitute(written, options.environment ?? processEnvironment())
  const result = configurationSchema.safeParse(value)
  const absent = missing.map(
    ({ path, variable }): Problem => ({ path, message: `the environment variable ${variable} is not set` }),
  )
  const unset = new Set(missing.map(({ path }) => path.join('.')))
  const problems = [
    ...schemaProblems(value, result.error?.issues ?? []).filter(({ path }) => !unset.has(path.join('.'))),
    ...consistencyProblems(written),
    ...serverProblems(written),
    ...absent,
    ...commentedQueries(document),
  ].map(
    (problem): Located => ({
      place: problem.atKey ? places.key(problem.path) : places.value(problem.path),
      key: keyName(problem),
      message: problem.message,
    }),
  )
  for (const { path, query, offset, message } of queryProblems(value)) {
    problems.push({ place: places.character(path, offset, query), key: keyName({ path }), message })
  }
  if (!result.success || problems.length > 0 || syntax.length > 0) throw invalid(options.name, [...syntax, ...problems])
  return completed(result.data, options.folder)
}

/** What one part of the configuration takes from another, or from the place of the file. */
function completed(configuration: Configuration, folder: string): Configuration {
  const brandNames = configuration.brands.map(({ name }) => name)
  const { kafka, elasticsearch, s3 } = configuration
  const found = (path: string | null) => path && resolve(folder, path)
  return {
    ...configuration,
    kafka: kafka && {
      ...kafka,
      ca: found(kafka.ca),
      registry: kafka.registry && { ...kafka.registry, ca: found(kafka.registry.ca) },
    },
    elasticsearch: elasticsearch && { ...elasticsearch, ca: found(elasticsearch.ca) },
    // Stores of one's own seldom have a name of their own for each bucket.
    s3: s3 && { ...s3, pathStyle: s3.pathStyle ?? s3.endpoint !== null },
    connectors: configuration.connectors.map((connector) => {
      if (connector.type === 'file') return { ...connector, path: resolve(folder, connector.path) }
      if (connector.type === 'hackernews' && connector.terms.length === 0) return { ...connector, terms: brandNames }
      return connector
    }),
  }
}

interface Located {
  readonly place: Place
  readonly key: string
  readonly message: string
}

const invalid = (name: string, problems: readonly Located[]): InvalidConfiguration =>
  new InvalidConfiguration(
    name,
    problems
      .map(({ place, key, message }) => ({ ...place, key: printable(key), message: printable(message) }))
      .sort((a, b) => a.line - b.line || a.column - b.column),
  )

/** A key may hold anything, terminal escape codes too. */
const printable = (text: string): string =>
  text.replace(/\p{C}/gu, (char) => `\\u{${char.codePointAt(0)?.toString(16)}}`)

const keyName = ({ path }: Pick<Problem, 'path'>): string =>
  path.map((step, index) => (typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`)).join('')

function decode(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    const message = `configuration ${path} is not UTF-8 text: save it as UTF-8`
    throw new PipelineError(ErrorClass.Config, 'CONFIG_UNREADABLE', message, { cause })
  }
}

function toValue(document: Document, text: string, lines: LineCounter, name: string): unknown {
  let place: Place = { line: 1, column: 1 }
  visit(document, {
    Alias: (_key, alias) => {
      if (alias.resolve(document) !== undefined) return
      place = placeOf(lines, alias.range?.[0] ?? 0)
      return visit.BREAK
    },
  })
  try {
    return document.toJS({ maxAliasCount: 100 }) as unknown
  } catch (cause) {
    // An alias without its anchor, or aliases that unfold to a flood.
    const message = cause instanceof Error ? cause.message : String(cause)
    throw invalid(name, [{ place, key: '', message: message + quoteHint(text, place) }])
  }
}

/** Queries are full of characters that mean something else to YAML. */
function quoteHint(text: string, { line }: Place): string {
  const hint = `; put the whole query in single quotes, as in query: '"air max" OR #nike'`
  return /\bquery:/.test(text.split('\n')[line - 1] ?? '') ? hint : ''
}

/** `query: acme OR #tag` without quotes is read as `acme OR`: what follows ` #` is a comment. */
function commentedQueries(document: Document): Problem[] {
  const problems: Problem[] = []
  const brands = document.get('brands', true)
  if (!isSeq(brands)) return problems
  for (const [index, brand] of brands.items.entries()) {
    const query = isMap(brand) ? brand.get('query', true) : null
    if (!isScalar(query) || !query.comment || /^\s/.test(query.comment)) continue
    const message = 'ends before "#", where YAML begins a comment; put the whole query in single quotes'
    problems.push({ path: ['brands', index, 'query'], message })
  }
  return problems
}
