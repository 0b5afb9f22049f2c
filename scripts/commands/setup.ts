import { existsSync } from 'node:fs'
import { loadConfiguration } from '#infra/config/load-configuration.ts'
import { type CommandIo, ExitCode } from '../command-io.ts'
import { dataPath, openInstallation } from '../compose.ts'
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
  const topics = Object.values(installation.topics)
  const place =
    servers === null
      ? data
      : `${servers.kafka.brokers.join(', ')}, ${servers.elasticsearch.url}, s3://${servers.s3.bucket}`
  if (options.json)
    output.write(`${JSON.stringify({ ...(servers === null ? { data } : { servers: place }), topics })}\n`)
  else output.write(`${place} is ready: topics ${topics.join(', ')}, the search index and the archive.\n`)
  return ExitCode.Done
}
