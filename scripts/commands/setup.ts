import { existsSync } from 'node:fs'
import type { Configuration } from '#infra/config/configuration.ts'
import { loadConfiguration } from '#infra/config/load-configuration.ts'
import type { Table } from '#infra/contracts/table.ts'
import { systemClock } from '#infra/runtime/system-clock.ts'
import { type CommandIo, ExitCode } from '../command-io.ts'
import { dataPath, openInstallation } from '../compose.ts'
import { activateGeneration, activeGeneration, isGenerationOf, makersOf } from '../generation.ts'
import { serversOf } from '../installation.ts'

export interface SetupOptions {
  readonly config: string
  readonly data?: string
  readonly json?: boolean
}

/** Makes the data directory, or on servers the topics, indices and the bucket; changes nothing that is there. */
export async function setup(options: SetupOptions, { output }: CommandIo): Promise<ExitCode> {
  const configuration = existsSync(options.config) ? await loadConfiguration(options.config) : null
  const data = dataPath(options.data, options.config)
  const namespace = configuration?.namespace ?? 'earshot'
  const servers = configuration && serversOf(configuration)
  await using installation = await openInstallation({
    ...{ data, namespace, maxLogBytes: configuration?.storage.maxLogBytes ?? 4e9, servers, setup: true },
  })
  const generation = configuration === null ? null : await firstGeneration(installation.table, configuration)
  const topics = Object.values(installation.topics)
  const place =
    servers === null
      ? data
      : `${servers.kafka.brokers.join(', ')}, ${servers.elasticsearch.url}, s3://${servers.s3.bucket}`
  if (options.json) {
    output.write(`${JSON.stringify({ ...(servers === null ? { data } : { servers: place }), topics, generation })}\n`)
    return ExitCode.Done
  }
  output.write(`${place} is ready: topics ${topics.join(', ')}, the search index and the archive.\n`)
  if (servers !== null && generation?.isOurs === false) {
    output.write(
      `Generation ${generation.number} is active; this configuration or version differs: earshot models activate\n`,
    )
  }
  return ExitCode.Done
}

/** On servers a configuration becomes active once by itself: when nothing is. */
async function firstGeneration(table: Table, { brands, scores }: Configuration) {
  const makers = makersOf(brands, scores)
  const active = await activeGeneration(table)
  const number = active?.number ?? (await activateGeneration(table, makers, systemClock))
  return { number, isOurs: active === null || isGenerationOf(active, makers) }
}
