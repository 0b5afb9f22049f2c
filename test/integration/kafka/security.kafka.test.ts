import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import kafkajs, { type AclOperationTypes, type AclResourceTypes, type Admin } from 'kafkajs'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openKafkaCursors } from '#infra/kafka/cursors.ts'
import { openKafkaEventLog } from '#infra/kafka/event-log.ts'
import type { KafkaOptions } from '#infra/kafka/kafka-options.ts'
import { freePort } from '../../../scripts/servers/free-port.ts'
import { type LocalServer, startLocalServer } from '../../../scripts/servers/start-local-server.ts'
import { kafkaAt } from '../../support/kafka-at.ts'
import { withServer } from '../../support/real-server.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

// A broker of its own: a listener for TLS and SASL with a certificate that only this test trusts, users with few rights, and a
// listener that advertises an address where nobody is.

const execute = promisify(execFile)
const PASSWORD = 'only-for-this-test'

withServer('kafka', () => {
  describe('a log on a broker with TLS and SASL', () => {
    let server: LocalServer
    let secure: KafkaOptions
    let lostPort: number
    let admin: Admin
    beforeAll(async () => {
      const store = join(await temporaryFolder('security'), 'broker.p12')
      const keytool = (...args: string[]) =>
        execute('keytool', [
          ...args,
          '-keystore',
          store,
          '-storetype',
          'PKCS12',
          '-storepass',
          PASSWORD,
          '-alias',
          'broker',
        ])
      await keytool('-genkeypair', '-keyalg', 'RSA', '-dname', 'CN=localhost', '-ext', 'san=ip:127.0.0.1')
      const { stdout: ca } = await keytool('-exportcert', '-rfc')
      const [port, securePort] = [await freePort(), await freePort()]
      lostPort = await freePort()
      server = await startLocalServer('kafka', {
        port,
        environment: {
          KAFKA_PROPERTIES: settings(port, securePort, lostPort, store),
          KAFKA_SCRAM: `few:${PASSWORD} none:${PASSWORD}`,
        },
      })
      admin = new kafkajs.Kafka({ brokers: [server.address], logLevel: kafkajs.logLevel.NOTHING }).admin()
      await admin.connect()
      const sasl = { mechanism: 'plain', username: 'earshot', password: PASSWORD } as const
      secure = { ...kafkaAt(`127.0.0.1:${securePort}`), logger: pino({ enabled: false }), tls: { ca }, sasl }
    })
    afterAll(async () => {
      await admin.disconnect()
      await server[Symbol.asyncDispose]()
    })
    const scram = (mechanism: 'scram-sha-256' | 'scram-sha-512', username: string, password = PASSWORD) => {
      return { ...secure, namespace: 'few', sasl: { mechanism, username, password } } as const
    }
    const record = { key: 'k', value: Buffer.from('x'), headers: {} }
    const options = (topic: string) => ({ group: 'g', topic, maxRecords: 10, maxBytes: 1_000, idleMs: 100 })
    const { TOPIC, GROUP } = kafkajs.AclResourceTypes
    const { READ, WRITE, DESCRIBE, CREATE, DESCRIBE_CONFIGS, DELETE } = kafkajs.AclOperationTypes
    const rights = (resourceType: AclResourceTypes, operations: readonly AclOperationTypes[]) =>
      operations.map((operation) => {
        const { PREFIXED } = kafkajs.ResourcePatternTypes
        const { ALLOW } = kafkajs.AclPermissionTypes
        return {
          ...{ resourceType, resourceName: 'few.', resourcePatternType: PREFIXED },
          ...{ principal: 'User:few', host: '*', operation, permissionType: ALLOW },
        }
      })

    it('produces and consumes for who has the authority and the password', async () => {
      await using log = await openKafkaEventLog(secure)
      await log.createTopics([{ name: 'secure', partitions: 1 }])
      await log.produce('secure', [{ key: 'k', value: Buffer.from('x'), headers: {} }])
      const seen = Promise.withResolvers<number>()
      const options = { group: 'g', topic: 'secure', maxRecords: 10, maxBytes: 1_000, idleMs: 100 }
      await using _subscription = await log.subscribe(options, async ({ records }) => {
        seen.resolve(records.length)
        return 'commit'
      })
      expect(await seen.promise).toBe(1)
    })

    it('needs no more rights than those that are documented, and says what it may not do without them', {
      timeout: 60_000,
    }, async () => {
      const refused = { class: 'config', code: 'KAFKA_NOT_PERMITTED', message: expect.stringMatching(/right/) }
      await using log = await openKafkaEventLog(scram('scram-sha-512', 'few'))
      await expect(log.createTopics([{ name: 'few.mentions', partitions: 1 }])).rejects.toMatchObject(refused)
      await admin.createAcls({ acl: rights(TOPIC, [READ, WRITE, DESCRIBE, CREATE, DESCRIBE_CONFIGS, DELETE]) })
      await log.createTopics([{ name: 'few.mentions', partitions: 1 }])
      await log.produce('few.mentions', [record, record])
      // kafkajs hides why a group was not found; who is given the right meanwhile goes on.
      await expect(log.subscribe(options('few.mentions'), async () => 'commit')).rejects.toMatchObject({
        class: 'transient',
        message: expect.stringMatching(/few\.g.*may read and describe the groups/),
      })
      await admin.createAcls({ acl: rights(GROUP, [READ, DESCRIBE]) })
      const subscription = await log.subscribe(options('few.mentions'), async () => 'commit')
      await expect.poll(async () => (await log.lag('g', 'few.mentions'))[0]?.committed, { timeout: 20_000 }).toBe(2)
      await subscription[Symbol.asyncDispose]()
      await log.forget('few.mentions', Date.now() + 60_000)
      await using _cursors = await openKafkaCursors({
        ...scram('scram-sha-256', 'few'),
        ...{ topic: 'few.cursors', partitions: 1 },
      })
      // What is taken away from a running member ends it, and is told.
      const running = await log.subscribe(options('few.mentions'), async () => 'commit')
      const told = expect(running.done).rejects.toMatchObject(refused)
      const { ANY } = kafkajs.AclPermissionTypes
      const { MATCH } = kafkajs.ResourcePatternTypes
      await admin.deleteAcls({
        filters: [
          {
            ...{ resourceType: GROUP, resourceName: 'few.g.mentions', resourcePatternType: MATCH },
            ...{ operation: kafkajs.AclOperationTypes.ANY, permissionType: ANY },
          },
        ],
      })
      await told
    })

    it('says who logs in wrongly by SCRAM, and what may be wrong with the port', { timeout: 60_000 }, async () => {
      const login = openKafkaEventLog(scram('scram-sha-256', 'few', 'wrong-word'))
      await expect(login).rejects.toMatchObject({ class: 'config', code: 'KAFKA_LOGIN_REFUSED' })
      await expect(login).rejects.toMatchObject({ message: expect.not.stringMatching(/wrong-word/) })
      const quiet = { logger: secure.logger }
      // TLS where none is spoken, and none where TLS is.
      await expect(openKafkaEventLog({ ...kafkaAt(server.address), ...quiet, tls: true })).rejects.toMatchObject({
        code: 'KAFKA_UNAVAILABLE',
        message: expect.stringMatching(/kafka\.tls/),
      })
      await expect(openKafkaEventLog({ ...kafkaAt(secure.brokers.join()), ...quiet })).rejects.toMatchObject({
        code: 'KAFKA_UNAVAILABLE',
        message: expect.stringMatching(/kafka\.tls/),
      })
    })

    it('says which advertised address cannot be reached', { timeout: 60_000 }, async () => {
      const lost = openKafkaEventLog({ ...kafkaAt(`127.0.0.1:${lostPort}`), logger: secure.logger })
      await expect(lost).rejects.toMatchObject({
        class: 'transient',
        code: 'KAFKA_UNAVAILABLE',
        message: expect.stringMatching(/127\.0\.0\.1:1\b.*advertise/),
      })
    })

    it('says what was wrong: the password, the authority, or that there was none of them', async () => {
      const wrong = { ...secure, sasl: { mechanism: 'plain', username: 'earshot', password: 'wrong-word' } } as const
      const login = openKafkaEventLog(wrong)
      await expect(login).rejects.toMatchObject({
        class: 'config',
        code: 'KAFKA_LOGIN_REFUSED',
        message: expect.stringMatching(/kafka\.sasl/),
      })
      await expect(login).rejects.toMatchObject({ message: expect.not.stringMatching(/wrong-word/) })
      const untrusted = openKafkaEventLog({ ...secure, tls: true })
      await expect(untrusted).rejects.toMatchObject({
        class: 'config',
        code: 'KAFKA_TLS_REFUSED',
        message: expect.stringMatching(/kafka\.tls/),
      })
      const { sasl: _, ...nameless } = secure
      await expect(openKafkaEventLog(nameless)).rejects.toMatchObject({
        code: 'KAFKA_UNAVAILABLE',
        message: expect.stringMatching(/tls.*sasl/),
      })
    })
  })
})

const settings = (port: number, securePort: number, lostPort: number, keyStore: string): string => `
listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${port + 1},SASL_SSL://127.0.0.1:${securePort},LOST://127.0.0.1:${lostPort}
advertised.listeners=PLAINTEXT://127.0.0.1:${port},SASL_SSL://127.0.0.1:${securePort},LOST://127.0.0.1:1
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SASL_SSL:SASL_SSL,LOST:PLAINTEXT
ssl.keystore.type=PKCS12
ssl.keystore.location=${keyStore}
ssl.keystore.password=${PASSWORD}
sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512
listener.name.sasl_ssl.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required user_earshot="${PASSWORD}";
listener.name.sasl_ssl.scram-sha-256.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:ANONYMOUS;User:earshot
`
