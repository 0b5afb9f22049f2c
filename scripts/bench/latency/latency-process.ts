/** `latency-process.ts CONFIG DATA PACE`: the whole pipeline of a configuration behind a connector that keeps a pace. */
import { loadConfiguration } from '#infra/config/load-configuration.ts'
import { systemClock } from '#infra/runtime/system-clock.ts'
import { settingsOf } from '../../commands/run.ts'
import { runInstallation } from '../../run-installation.ts'
import { createPacedConnector, type Pace } from './paced-connector.ts'

const [config = '', data = '', pace = ''] = process.argv.slice(2)
const connector = createPacedConnector(JSON.parse(pace) as Pace, systemClock)
const settings = settingsOf(await loadConfiguration(config), data)
const { stdin: input, stdout: output, stderr: errors } = process
const io = { input, output, errors, signal: new AbortController().signal }
const { books } = await runInstallation({ ...settings, connectors: () => [connector], untilIdle: true }, io)
output.write(JSON.stringify(books))
