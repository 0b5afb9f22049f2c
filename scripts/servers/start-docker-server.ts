import { GenericContainer, getContainerRuntimeClient, Wait } from 'testcontainers'
import { freePort } from './free-port.ts'
import { type RealServer, ServerName, type WantedServer } from './real-server.ts'

const KEY = 'earshot'
const SECRET = 'earshot-secret'
const KAFKA = 'apache/kafka:4.4.0'
const ELASTICSEARCH = 'docker.elastic.co/elasticsearch/elasticsearch'
const S3 = 'versity/versitygw:v1.8.0'
const REGISTRY = 'apicurio/apicurio-registry-mem:2.6.13.Final'

/** Whether there is an engine to start containers with. */
export async function hasDocker(): Promise<boolean> {
  try {
    await getContainerRuntimeClient()
    return true
  } catch {
    return false // testcontainers says so by throwing, for whatever reason
  }
}

/** Starts the server in a container; resolves when it answers. */
export async function startDockerServer({ name, version }: WantedServer): Promise<RealServer> {
  // Clients are sent to the address that Kafka advertises, so its port outside must be known before it starts.
  const port = await freePort()
  const { container, address, image } = plan(name, port, version)
  const started = await container.start()
  return {
    name,
    address: address(started.getHost()),
    version: `${image} (Docker)`,
    [Symbol.asyncDispose]: async () => {
      await started.stop()
    },
  }
}

interface Plan {
  readonly image: string
  readonly container: GenericContainer
  readonly address: (host: string) => string
}

function plan(name: ServerName, port: number, version: WantedServer['version']): Plan {
  switch (name) {
    case ServerName.Kafka:
      return {
        image: KAFKA,
        container: new GenericContainer(KAFKA)
          .withExposedPorts({ container: port, host: port })
          .withEnvironment({
            KAFKA_NODE_ID: '1',
            KAFKA_PROCESS_ROLES: 'broker,controller',
            KAFKA_LISTENERS: `PLAINTEXT://:${port},CONTROLLER://:9093`,
            KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://127.0.0.1:${port}`,
            KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
            KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
            KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
            KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
            KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
            KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1',
            KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false',
            KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
          })
          .withWaitStrategy(Wait.forLogMessage('Kafka Server started')),
        address: () => `127.0.0.1:${port}`,
      }
    case ServerName.Elasticsearch:
      return {
        image: `${ELASTICSEARCH}:${version ?? '9.4.3'}`,
        container: new GenericContainer(`${ELASTICSEARCH}:${version ?? '9.4.3'}`)
          .withExposedPorts({ container: 9200, host: port })
          .withEnvironment({
            'discovery.type': 'single-node',
            'xpack.security.enabled': 'false',
            'cluster.routing.allocation.disk.threshold_enabled': 'false',
            ES_JAVA_OPTS: '-Xms512m -Xmx512m',
          })
          .withStartupTimeout(180_000)
          .withWaitStrategy(Wait.forHttp('/_cluster/health?wait_for_status=yellow', 9200)),
        address: (host) => `http://${host}:${port}`,
      }
    case ServerName.S3:
      return {
        image: S3,
        container: new GenericContainer(S3)
          .withExposedPorts({ container: 7070, host: port })
          .withEnvironment({ ROOT_ACCESS_KEY: KEY, ROOT_SECRET_KEY: SECRET })
          .withCommand(['--port', ':7070', 'posix', '--sidecar', '/tmp', '/mnt'])
          .withWaitStrategy(Wait.forListeningPorts()),
        address: (host) => `http://${KEY}:${SECRET}@${host}:${port}`,
      }
    case ServerName.Registry:
      return {
        image: REGISTRY,
        container: new GenericContainer(REGISTRY)
          .withExposedPorts({ container: 8080, host: port })
          .withWaitStrategy(Wait.forHttp('/apis/ccompat/v7/subjects', 8080)),
        address: (host) => `http://${host}:${port}/apis/ccompat/v7`,
      }
  }
}
