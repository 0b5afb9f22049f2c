import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openKafkaEventLog } from '#infra/kafka/event-log.ts'
import type { KafkaOptions } from '#infra/kafka/kafka-options.ts'
import { freePort } from '../../../scripts/servers/free-port.ts'
import { type LocalServer, startLocalServer } from '../../../scripts/servers/start-local-server.ts'
import { kafkaAt } from '../../support/kafka-at.ts'
import { withServer } from '../../support/real-server.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

// A broker of its own, with a listener for TLS and SASL and a certificate that only this test trusts.

const execute = promisify(execFile)
const PASSWORD = 'only-for-this-test'

withServer('kafka', () => {
  describe('a log on a broker with TLS and SASL', () => {
    let server: LocalServer
    let secure: KafkaOptions
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
      server = await startLocalServer('kafka', {
        port,
        environment: { KAFKA_PROPERTIES: settings(port, securePort, store) },
      })
      const sasl = { mechanism: 'plain', username: 'earshot', password: PASSWORD } as const
      secure = { ...kafkaAt(`127.0.0.1:${securePort}`), logger: pino({ enabled: false }), tls: { ca }, sasl }
    })
    afterAll(() => server[Symbol.asyncDispose]())

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

const settings = (port: number, securePort: number, keyStore: string): string => `
listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${port + 1},SASL_SSL://127.0.0.1:${securePort}
advertised.listeners=PLAINTEXT://127.0.0.1:${port},SASL_SSL://127.0.0.1:${securePort}
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SASL_SSL:SASL_SSL
ssl.keystore.type=PKCS12
ssl.keystore.location=${keyStore}
ssl.keystore.password=${PASSWORD}
sasl.enabled.mechanisms=PLAIN
listener.name.sasl_ssl.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required user_earshot="${PASSWORD}";
`
