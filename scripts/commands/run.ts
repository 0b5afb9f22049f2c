import { existsSync } from 'node:fs'
import type { Configuration } from '#infra/config/configuration.ts'
import { loadConfiguration } from '#infra/config/load-configuration.ts'
import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'
import type { LogLevel } from '#infra/runtime/log-level.ts'
import { type CommandIo, ExitCode } from '../command-io.ts'
import { dataPath } from '../compose.ts'
import { createConnectors } from '../create-connectors.ts'
import { serversOf } from '../installation.ts'
import { StageName } from '../pipeline.ts'
import { booksJson, printBooks } from '../print-books.ts'
import { ALL_STAGES, type RunSettings, runInstallation } from '../run-installation.ts'
import { writeLines } from '../terminal/columns.ts'
import { paintFor } from '../terminal/paint.ts'
import { demo } from './demo.ts'

export interface RunOptions {
  readonly config: string
  readonly data?: string
  readonly untilIdle?: boolean
  readonly only?: readonly string[]
  readonly healthHost?: string
  readonly healthPort?: number
  readonly logLevel?: LogLevel
  readonly json?: boolean
}

/** Runs the pipeline of a configuration; without one, the demo. */
export async function run(options: RunOptions, io: CommandIo): Promise<ExitCode> {
  if (!existsSync(options.config) && options.config === 'earshot.yaml') {
    if (options.only !== undefined) {
      const message = '--only needs a configuration, and the demo runs all stages: "earshot init NAME" writes one'
      throw new PipelineError(ErrorClass.Config, 'STAGES_OF_DEMO', message)
    }
    const { untilIdle, healthHost, healthPort, logLevel, json } = options
    return demo({ data: dataPath(options.data), seed: 1, untilIdle, healthHost, healthPort, logLevel, json }, io)
  }
  const configuration = await loadConfiguration(options.config)
  const settings: RunSettings = {
    ...settingsOf(configuration, dataPath(options.data, options.config)),
    stages: stagesOf(options.only),
    untilIdle: options.untilIdle === true,
    healthHost: options.healthHost,
    healthPort: options.healthPort,
    logLevel: options.logLevel,
  }
  const { books, part } = await runInstallation(settings, io)
  if (options.json) io.output.write(`${JSON.stringify(booksJson(books))}\n`)
  else writeLines(io.output, printBooks(books, paintFor(io.output), part))
  return ExitCode.Done
}

/** The part of the settings that the configuration decides. */
export function settingsOf(configuration: Configuration, data: string): RunSettings {
  const { namespace, brands, alerts, network, retention, storage, scores } = configuration
  return {
    ...{
      data,
      servers: serversOf(configuration),
      namespace,
      brands,
      alerts,
      retentionMs: retention,
      allowPrivate: network.allowPrivate,
    },
    ...{ maxLogBytes: storage.maxLogBytes, minFreeBytes: storage.minFreeBytes },
    connectors: (context) => createConnectors(configuration, context),
    ...{ stages: ALL_STAGES, scores, untilIdle: false },
  }
}

function stagesOf(only: readonly string[] | undefined): ReadonlySet<StageName> {
  if (only === undefined) return ALL_STAGES
  const known: readonly string[] = Object.values(StageName)
  const unknown = only.filter((name) => !known.includes(name))
  if (unknown.length === 0) return new Set(only as readonly StageName[])
  const message = `unknown stage ${unknown.join(', ')}: expected some of ${known.join(', ')}`
  throw new PipelineError(ErrorClass.Config, 'STAGE_UNKNOWN', message)
}
