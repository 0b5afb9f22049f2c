import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'

export interface ConfigurationProblem {
  /** From 1, as editors count. */
  readonly line: number
  readonly column: number
  /** Path of the key, as in `brands[0].query`; empty for a problem of the text itself. */
  readonly key: string
  readonly message: string
}

/** `CONFIG_INVALID`: everything that is wrong with a configuration, in the order of the file. */
export class InvalidConfiguration extends PipelineError {
  readonly problems: readonly ConfigurationProblem[]

  constructor(name: string, problems: readonly ConfigurationProblem[]) {
    const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`
    const rows = problems.map(({ line, column, key, message }) => `  ${line}:${column}  ${key && `${key}: `}${message}`)
    super(ErrorClass.Config, 'CONFIG_INVALID', `configuration ${name} has ${count}\n${rows.join('\n')}`)
    this.problems = problems
  }
}
