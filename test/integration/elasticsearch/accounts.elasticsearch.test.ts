import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connect, type ElasticsearchConnection } from '#infra/elasticsearch/connect.ts'
import { type Accounts, prepareAccounts } from '#infra/elasticsearch/prepare-accounts.ts'
import { openElasticsearchSearchIndex } from '#infra/elasticsearch/search-index.ts'
import { openElasticsearchTable } from '#infra/elasticsearch/table.ts'
import { systemClock } from '#infra/runtime/system-clock.ts'
import { type LocalServer, startLocalServer } from '../../../scripts/servers/start-local-server.ts'
import { helpers } from '../../contract/search-index-fixture.ts'
import { authorOperation, created, NOON, operation } from '../../support/enriched-event.ts'
import { withServer } from '../../support/real-server.ts'

// A server of its own, with security on: the shared ones ask nobody who he is.

withServer('elasticsearch', () => {
  describe('the accounts of a server with security', () => {
    const clock = systemClock
    const password = () => randomUUID()
    const elastic = password()
    let server: LocalServer
    let accounts: Accounts
    const as = (username: string, password: string): ElasticsearchConnection => ({
      nodes: [server.address],
      auth: { username, password },
    })
    const statusOf = async (connection: ElasticsearchConnection, method: string, path: string): Promise<number> => {
      const client = connect(connection)
      const { statusCode } = await client.transport.request({ method, path }, { meta: true, ignore: [401, 403, 404] })
      await client.close()
      return statusCode
    }
    beforeAll(async () => {
      server = await startLocalServer('elasticsearch', { environment: { ES_PASSWORD: elastic } })
      const connection = as('elastic', elastic)
      accounts = {
        connection,
        namespace: 'ours',
        username: 'earshot',
        password: password(),
        kibanaPassword: password(),
      }
      await prepareAccounts(accounts)
    }, 240_000)
    afterAll(() => server[Symbol.asyncDispose]())
    const earshot = () => as('earshot', accounts.password)

    it('are made again without harm', async () => {
      await prepareAccounts(accounts)
      expect(await statusOf(earshot(), 'GET', '/_security/_authenticate')).toBe(200)
      expect(await statusOf(as('kibana_system', accounts.kibanaPassword), 'GET', '/_security/_authenticate')).toBe(200)
    })

    it('let Earshot make, write, read and prune what is its own', async () => {
      const connection = earshot()
      await using index = openElasticsearchSearchIndex({ connection, namespace: 'ours', clock })
      await index.prepare()
      const { write, ids } = helpers(index)
      const said = [created('kept'), created('gone', { author: 'acme' }), operation('kept', 'hide', NOON + 1)]
      expect((await write(...said)).map(({ kind }) => kind)).not.toContain('rejected')
      await write(authorOperation('acme', 'delete', NOON + 2), operation('kept', 'restore', NOON + 3))
      expect(await ids()).toEqual(['kept'])
      expect(await index.prune(clock.now() + 1, NOON - 1)).toBe(0)
      await using table = await openElasticsearchTable({ connection, namespace: 'ours', name: 't', clock })
      expect(await table.put('key', 1, null)).not.toBeNull()
      expect(await table.get('key')).toMatchObject({ value: 1 })
    })

    it.each([
      ['GET', '/theirs-mentions-v1/_search'],
      ['PUT', '/theirs'],
      ['DELETE', '/theirs'],
      ['GET', '/_security/user'],
      ['GET', '/_cluster/settings'],
      ['GET', '/_snapshot'],
    ])('keep Earshot from %s %s', async (method, path) => {
      expect(await statusOf(earshot(), method, path)).toBe(403)
    })

    it('show analysts the mentions through the alias, and nothing else', async () => {
      const ann = as('ann', password())
      const client = connect(accounts.connection)
      await client.security.putUser({ username: 'ann', password: passwordOf(ann), roles: ['ours-analyst'] })
      await client.close()
      expect(await statusOf(ann, 'GET', '/ours-mentions/_search')).toBe(200)
      for (const path of ['/ours-mentions-v1/_search', '/ours-table-t/_search', '/ours-authors-v1/_search']) {
        expect(await statusOf(ann, 'GET', path), path).toBe(403)
      }
      expect(await statusOf(ann, 'POST', '/ours-mentions/_delete_by_query?q=*')).toBe(403)
    })

    it('give Earshot a new password, and refuse the old one', async () => {
      const before = earshot()
      accounts = { ...accounts, password: password() }
      await prepareAccounts(accounts)
      expect(await statusOf(earshot(), 'GET', '/_security/_authenticate')).toBe(200)
      expect(await statusOf(before, 'GET', '/_security/_authenticate')).toBe(401)
    })

    it('want somebody who may make them', async () => {
      await expect(prepareAccounts({ ...accounts, connection: earshot() })).rejects.toMatchObject({
        class: 'config',
        code: 'ELASTICSEARCH_FORBIDDEN',
      })
    })
  })
})

const passwordOf = ({ auth }: ElasticsearchConnection): string => (auth as { readonly password: string }).password
