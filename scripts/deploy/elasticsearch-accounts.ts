/**
 * Run by docker-compose.yml as the one who may manage security: makes the accounts that earshot.yaml and Kibana log in with.
 * Their passwords come from the environment, the rest from the configuration.
 */
import { processEnvironment } from '#infra/config/environment.ts'
import { loadConfiguration } from '#infra/config/load-configuration.ts'
import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'
import { prepareAccounts } from '#infra/elasticsearch/prepare-accounts.ts'
import { ExitCode } from '../command-io.ts'
import { runCommand } from '../run-command.ts'

await runCommand(async ({ output }) => {
  const { namespace, elasticsearch } = await loadConfiguration('earshot.yaml')
  if (elasticsearch?.auth?.type !== 'basic') {
    const message = 'earshot.yaml names no account: write elasticsearch.auth { type: basic, username, password }'
    throw new PipelineError(ErrorClass.Config, 'ACCOUNT_UNNAMED', message)
  }
  const { url, auth } = elasticsearch
  await prepareAccounts({
    connection: { nodes: [url], auth: { username: 'elastic', password: wanted('ELASTIC_PASSWORD') } },
    ...{ namespace, username: auth.username, password: auth.password, kibanaPassword: wanted('KIBANA_PASSWORD') },
  })
  output.write(`${url}: accounts ${auth.username} and kibana_system and the role ${namespace}-analyst are ready.\n`)
  return ExitCode.Done
})

function wanted(variable: string): string {
  const value = processEnvironment()[variable]
  if (value) return value
  const message = `the environment variable ${variable} is not set: infra/deploy/make-secrets.sh makes one`
  throw new PipelineError(ErrorClass.Config, 'PASSWORD_MISSING', message)
}
