import { loadConfiguration } from '#infra/config/load-configuration.ts'
import { systemClock } from '#infra/runtime/system-clock.ts'
import { type CommandIo, ExitCode } from '../command-io.ts'
import { dataPath, openInstallation } from '../compose.ts'
import { activateGeneration, activeGeneration, makersOf } from '../generation.ts'
import { serversOf } from '../installation.ts'

export interface ActivateOptions {
  readonly config: string
  readonly data?: string
  readonly json?: boolean
}

/**
 * Makes this version's models and lists, and the brand profiles of the configuration, the active ones: mentions scored from now
 * on carry a higher generation. Processes that run with others go on until they are started again.
 */
export async function modelsActivate(options: ActivateOptions, { output }: CommandIo): Promise<ExitCode> {
  const configuration = await loadConfiguration(options.config)
  const { namespace, brands, scores, storage } = configuration
  await using installation = await openInstallation({
    ...{ data: dataPath(options.data, options.config), namespace, maxLogBytes: storage.maxLogBytes },
    servers: serversOf(configuration),
  })
  const before = (await activeGeneration(installation.table))?.number ?? null
  const generation = await activateGeneration(installation.table, makersOf(brands, scores), systemClock)
  if (options.json) output.write(`${JSON.stringify({ generation, before })}\n`)
  else if (generation === before) output.write(`Generation ${generation} is these already: nothing changed.\n`)
  else {
    output.write(
      `Generation ${generation} is active. Start the enrichers again with this configuration; past mentions: earshot replay\n`,
    )
  }
  return ExitCode.Done
}
