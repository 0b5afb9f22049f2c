import { loadConfiguration } from '#infra/config/load-configuration.ts'
import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'
import type { BrandProfile } from '#schemas/brand-profile.ts'
import { type ExampleResult, explainExample, tryExamples } from '../brand-examples.ts'
import { type CommandIo, ExitCode } from '../command-io.ts'
import { markedText } from '../explain-query.ts'
import { writeLines } from '../terminal/columns.ts'
import { type Paint, paintFor } from '../terminal/paint.ts'
import { safeText } from '../terminal/safe-text.ts'

export interface QueryTestOptions {
  readonly config: string
  /** Only the examples of this brand. */
  readonly brand?: string
  readonly json?: boolean
}

/** Runs the examples of the brands as tests and tells why one fails. Exit code 1 when one does, 2 when the configuration is invalid. */
export async function queryTest(options: QueryTestOptions, { output }: Pick<CommandIo, 'output'>): Promise<ExitCode> {
  const brands = await brandsOf(options)
  const results = brands.map((brand) => ({ brand, examples: tryExamples(brand) }))
  const examples = results.flatMap((result) => result.examples)
  const failed = examples.filter(({ holds }) => !holds)
  const answer = failed.length === 0 ? ExitCode.Done : ExitCode.Failed
  if (options.json) {
    const shown = results.flatMap((result) => result.examples.map((example) => jsonExample(result.brand, example)))
    output.write(`${JSON.stringify({ ok: failed.length === 0, failed: failed.length, examples: shown })}\n`)
    return answer
  }
  const paint = paintFor(output)
  const lines = results.flatMap((result) => linesOf(result.brand, result.examples, paint))
  writeLines(output, [...lines, summary(examples.length, failed.length)])
  return answer
}

async function brandsOf({ config, brand: asked }: QueryTestOptions): Promise<readonly BrandProfile[]> {
  const { brands } = await loadConfiguration(config)
  if (asked === undefined) return brands
  const chosen = brands.filter(({ id }) => id === asked)
  if (chosen.length > 0) return chosen
  const known = brands.map(({ id }) => id).join(', ')
  throw new PipelineError(
    ErrorClass.Config,
    'BRAND_UNKNOWN',
    `${config} has no brand "${asked}": expected one of ${known}`,
  )
}

function jsonExample(brand: BrandProfile, example: ExampleResult): unknown {
  if (example.holds) return example
  const { highlights, trueFields, untrue } = explainExample(brand, example.text)
  return { ...example, highlights, trueFields, untrue }
}

function linesOf(brand: BrandProfile, examples: readonly ExampleResult[], paint: Paint): string[] {
  if (examples.length === 0) return [`  brand ${brand.id}: no examples; write some under mustMatch and mustNotMatch`]
  const failed = examples.filter(({ holds }) => !holds)
  if (failed.length === 0) return [`${paint('green', '✓')} brand ${brand.id}: ${count(examples.length)} as expected`]
  return failed.flatMap(({ must, text }) => {
    const { highlights, trueFields, untrue } = explainExample(brand, text)
    const does = must === 'match' ? 'does not' : 'does'
    return [
      `${paint('red', '✗')} brand ${brand.id}: must ${must}, but ${does}: ${markedText(text, highlights, paint)}`,
      ...untrue.map((part) => `    untrue  ${safeText(part)}`),
      ...trueFields.map((part) => `    true    ${safeText(part)}`),
    ]
  })
}

const summary = (all: number, failed: number): string =>
  failed === 0 ? `${count(all)}, none fails` : `${count(all)}, ${failed} ${failed === 1 ? 'fails' : 'fail'}`

const count = (n: number): string => `${n} ${n === 1 ? 'example' : 'examples'}`
