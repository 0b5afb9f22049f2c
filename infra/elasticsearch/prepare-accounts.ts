import type { estypes } from '@elastic/elasticsearch'
import { connect, type ElasticsearchConnection } from './connect.ts'
import { indexNames } from './names.ts'
import { asked } from './server-error.ts'

export interface Accounts {
  /** Of somebody who may manage security, such as `elastic`. */
  readonly connection: ElasticsearchConnection
  readonly namespace: string
  /** The account that Earshot runs with. */
  readonly username: string
  readonly password: string
  /** Of `kibana_system`, which every server has. */
  readonly kibanaPassword: string
}

const WHAT = 'preparing the accounts'

/**
 * Gives Kibana its password, and Earshot an account that reaches the indices of its namespace and nothing else; makes the role
 * `<namespace>-analyst` for people who look at mentions in Kibana. The same again changes nothing; new passwords replace old ones.
 */
export async function prepareAccounts(accounts: Accounts): Promise<void> {
  const { connection, namespace, username, password, kibanaPassword } = accounts
  await using opened = new AsyncDisposableStack()
  const { security } = opened.adopt(connect(connection), (client) => client.close())
  await asked(WHAT, security.changePassword({ username: 'kibana_system', password: kibanaPassword }))
  await asked(WHAT, security.putRole({ name: namespace, ...earshotRole(namespace) }))
  await asked(WHAT, security.putUser({ username, password, roles: [namespace] }))
  await asked(WHAT, security.putRole({ name: `${namespace}-analyst`, ...analystRole(namespace) }))
}

/** What `setup` and `run` need. */
const earshotRole = (namespace: string): estypes.SecurityRoleDescriptor => ({
  cluster: ['manage_index_templates'],
  indices: [{ names: [`${namespace}-*`], privileges: ['manage', 'read', 'write'] }],
})

/** Through the alias, so that what is gone or hidden stays so in Kibana as well. */
const analystRole = (namespace: string): estypes.SecurityRoleDescriptor => ({
  indices: [{ names: [indexNames(namespace).shown], privileges: ['read', 'view_index_metadata'] }],
  applications: [
    {
      application: 'kibana-.kibana',
      privileges: ['feature_discover.all', 'feature_dashboard.all', 'feature_visualize.all'],
      resources: ['*'],
    },
  ],
})
