import { existsSync } from 'node:fs'
import type { Logger } from 'pino'
import { loadConfiguration } from '#infra/config/load-configuration.ts'
import { peekConfiguration } from '#infra/config/peek-configuration.ts'
import { createLogger } from '#infra/runtime/logger.ts'
import { type Installation, type ReadOnlyInstallation, type Servers, serversOf } from './installation.ts'
import { type EmbeddedPlace, openEmbedded, readEmbedded } from './open-embedded.ts'

// The only place where adapters are chosen. Clients of servers are heavy: they are imported when servers are configured.

export interface Place extends EmbeddedPlace {
  /** null or absent: embedded, in `data`. */
  readonly servers?: Servers | null
  /** Makes topics, index and bucket that are missing; embedded mode always does. */
  readonly setup?: boolean
  /** What clients of servers have to say. */
  readonly logger?: Logger
}

/** Without a configuration every command means the demo. */
export const dataPath = (given: string | undefined, configuration = 'earshot.yaml'): string =>
  given ?? (existsSync(configuration) ? '.earshot' : '.earshot-demo')

/** Opens everything that the pipeline stands on: a data directory for this process alone, or servers for any number. */
export async function openInstallation(place: Place): Promise<Installation> {
  const { servers, namespace, setup = false, logger = warnings() } = place
  if (!servers) return openEmbedded(place)
  const { openDistributed } = await import('./open-distributed.ts')
  return openDistributed({ servers, namespace, setup, logger })
}

/** Opens what is there to be looked at: the data directory when one is named, else what the configuration says. */
export async function openForReading(
  data: string | undefined,
  configuration = 'earshot.yaml',
): Promise<ReadOnlyInstallation> {
  const peek = await peekConfiguration(configuration)
  const namespace = peek?.namespace ?? 'earshot'
  if (data !== undefined || peek?.mode !== 'distributed') {
    return readEmbedded(dataPath(data, configuration), namespace)
  }
  const servers = serversOf(await loadConfiguration(configuration)) as Servers
  const { readDistributed } = await import('./open-distributed.ts')
  return readDistributed({ servers, namespace, logger: warnings() })
}

const warnings = (): Logger => createLogger('warn', (line) => process.stderr.write(line))
