import { writeFile } from 'node:fs/promises'
import { initConfiguration } from '#infra/config/init-configuration.ts'
import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'
import { type CommandIo, ExitCode } from '../command-io.ts'

export interface InitOptions {
  readonly name: string
  readonly config: string
  readonly force?: boolean
}

/** Writes a first configuration for a brand, and never over a file that somebody may have worked on. */
export async function init({ name, config, force = false }: InitOptions, { output }: CommandIo): Promise<ExitCode> {
  const text = initConfiguration(name)
  try {
    await writeFile(config, text, { flag: force ? 'w' : 'wx' })
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code
    const problem =
      code === 'EEXIST'
        ? `${config} exists already: --force replaces it, --config PATH writes another file`
        : `${config} cannot be written (${code}): --config PATH names another place`
    throw new PipelineError(ErrorClass.Config, 'CONFIG_NOT_WRITTEN', problem, { cause })
  }
  const option = config === 'earshot.yaml' ? '' : ` --config ${config}`
  output.write(`wrote ${config}

Next:
  earshot check${option} --online    is everything right, and does every source answer?
  earshot run${option}               listen; stop with Ctrl-C, start again to go on
Edit the query in ${config} whenever the results show too much or too little.
`)
  return ExitCode.Done
}
