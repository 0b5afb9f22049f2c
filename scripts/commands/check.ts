import type { Configuration } from '#infra/config/configuration.ts'
import { InvalidConfiguration } from '#infra/config/invalid-configuration.ts'
import { loadConfiguration } from '#infra/config/load-configuration.ts'
import type { Connector } from '#infra/contracts/connector.ts'
import { PipelineError } from '#infra/contracts/errors.ts'
import { createGuardedDispatcher } from '#infra/runtime/guarded-dispatcher.ts'
import { createLogger } from '#infra/runtime/logger.ts'
import { systemClock } from '#infra/runtime/system-clock.ts'
import { lintQuery, type QueryWarning } from '#query/lint.ts'
import { parseQuery } from '#query/parse.ts'
import { pointAt } from '#query/query-error.ts'
import { type ExampleResult, tryExamples } from '../brand-examples.ts'
import { type CommandIo, ExitCode } from '../command-io.ts'
import { createConnectors } from '../create-connectors.ts'
import { writeLines } from '../terminal/columns.ts'
import { paintFor } from '../terminal/paint.ts'
import { safeText } from '../terminal/safe-text.ts'
import { version } from '../version.ts'

export interface CheckOptions {
  readonly config: string
  /** Also ask the sources that need a network; files are looked at in any case. */
  readonly online?: boolean
  readonly json?: boolean
}

const ANSWER_WITHIN_MS = 30_000

interface Doubt extends QueryWarning {
  readonly brand: string
}

interface SourceResult {
  readonly connector: string
  /** null: it answers. */
  readonly problem: string | null
}

interface Findings {
  readonly warnings: readonly Doubt[]
  readonly examples: readonly ExampleResult[]
  readonly sources: readonly SourceResult[]
}

/**
 * Checks the configuration, then the examples of each brand against its query, then that each source can be read; tells what is
 * doubtful about a query. Exit code 2 when the configuration is invalid, 1 when an example or a source fails.
 */
export async function check(options: CheckOptions, io: CommandIo): Promise<ExitCode> {
  const configuration = await load(options, io)
  if (configuration === null) return ExitCode.Usage
  const examples = configuration.brands.flatMap(tryExamples)
  const warnings = configuration.brands.flatMap(({ id, query }) =>
    lintQuery(parseQuery(query)).map((warning): Doubt => ({ brand: id, ...warning })),
  )
  const sources = await askSources(configuration, options.online === true, io)
  if (io.signal.aborted) return ExitCode.Interrupted
  const ok = examples.every(({ holds }) => holds) && sources.every(({ problem }) => problem === null)
  if (options.json) io.output.write(`${JSON.stringify({ ok, problems: [], warnings, examples, sources })}\n`)
  else writeLines(io.output, report(configuration, options, { warnings, examples, sources }, io))
  return ok ? ExitCode.Done : ExitCode.Failed
}

async function load({ config, json }: CheckOptions, { output }: CommandIo): Promise<Configuration | null> {
  try {
    return await loadConfiguration(config)
  } catch (error) {
    if (!json || !(error instanceof InvalidConfiguration)) throw error
    output.write(
      `${JSON.stringify({ ok: false, problems: error.problems, warnings: [], examples: [], sources: [] })}\n`,
    )
    return null
  }
}

async function askSources(configuration: Configuration, online: boolean, io: CommandIo): Promise<SourceResult[]> {
  const asked = configuration.connectors.filter(({ type }) => online || type === 'file')
  if (asked.length === 0) return []
  const dispatcher = createGuardedDispatcher({ allowPrivate: configuration.network.allowPrivate })
  await using _connections = { [Symbol.asyncDispose]: () => dispatcher.destroy() }
  const connectors = createConnectors(
    { ...configuration, connectors: asked },
    {
      clock: systemClock,
      dispatcher,
      logger: createLogger('warn', (line) => io.errors.write(line)),
      userAgent: `Earshot/${version()} (social listening; self-hosted)`,
    },
  )
  return await Promise.all(connectors.map((connector) => askSource(connector, io.signal)))
}

async function askSource(connector: Connector, interrupted: AbortSignal): Promise<SourceResult> {
  const expired = AbortSignal.timeout(ANSWER_WITHIN_MS)
  try {
    await connector.check(AbortSignal.any([interrupted, expired]))
    return { connector: connector.id, problem: null }
  } catch (error) {
    if (error instanceof PipelineError) return { connector: connector.id, problem: error.message }
    if (interrupted.aborted) return { connector: connector.id, problem: 'interrupted' }
    if (expired.aborted) return { connector: connector.id, problem: `no answer within ${ANSWER_WITHIN_MS / 1_000} s` }
    throw error
  }
}

function report(
  configuration: Configuration,
  { config, online }: CheckOptions,
  { warnings, examples, sources }: Findings,
  io: CommandIo,
): string[] {
  const paint = paintFor(io.output)
  const good = (text: string): string => `${paint('green', '✓')} ${text}`
  const bad = (text: string): string => `${paint('red', '✗')} ${text}`
  const { brands, connectors, alerts } = configuration
  const lines = [
    good(`${config}: ${count(brands, 'brand')}, ${count(connectors, 'connector')}, ${count(alerts, 'alert')}`),
  ]
  for (const { id, query, ambiguous, words, notWords } of brands) {
    for (const { message, place } of warnings.filter(({ brand }) => brand === id)) {
      lines.push(`${paint('yellow', '!')} brand ${id}: ${message}`, pointAt(query, place))
    }
    if (ambiguous && (words.length === 0 || notWords.length === 0)) {
      lines.push(
        `${paint('yellow', '!')} brand ${id}: ambiguous: true is told best from ten words and ten notWords that stand beside the name`,
      )
    }
    const own = examples.filter(({ brand }) => brand === id)
    const failed = own.filter(({ holds }) => !holds)
    for (const { must, text } of failed) {
      lines.push(bad(`brand ${id}: must ${must}, but does${must === 'match' ? ' not' : ''}: ${safeText(text)}`))
    }
    if (own.length === 0)
      lines.push(`  brand ${id}: no examples; mustMatch and mustNotMatch show whether the query still fits`)
    else if (failed.length === 0) lines.push(good(`brand ${id}: ${count(own, 'example')} as expected`))
  }
  for (const { connector, problem } of sources) {
    lines.push(
      problem === null ? good(`connector ${connector}: answers`) : bad(`connector ${connector}: ${safeText(problem)}`),
    )
  }
  const silent = connectors.length - sources.length
  if (!online && silent > 0) lines.push(`  ${silent} more of the connectors need a network: --online asks them too`)
  return lines
}

const count = (list: readonly unknown[], noun: string): string =>
  `${list.length} ${noun}${list.length === 1 ? '' : 's'}`
