import { z } from 'zod'
import { duration, httpUrl, size } from './fields.ts'
import { parseDuration } from './quantity.ts'

// Where the servers of distributed mode are. Each is wanted there and nowhere else.

const text = () => z.string().min(1, 'expected at least one character')

const authority = () =>
  text()
    .nullable()
    .default(null)
    .describe('File (PEM) with the authority that signed its certificate; null: the usual authorities')

const basic = z
  .strictObject({
    type: z.literal('basic').describe('How to log in'),
    username: text().describe('Its name there'),
    password: text().describe('Written `${NAME}`, read from the environment'),
  })
  .describe('Name and password')

const registry = z
  .strictObject({
    url: httpUrl().describe('Where its `/subjects` is; for Apicurio it ends in `/apis/ccompat/v7`'),
    auth: basic.nullable().default(null).describe('How to log in; null: nobody asks'),
    ca: authority(),
  })
  .nullable()
  .default(null)
  .describe(
    "A schema registry with Confluent's interface, which gives the ids that records carry; null: ids made from the schemas",
  )

export const kafka = z
  .strictObject({
    brokers: z
      .array(z.string().regex(/^(?:\[[\da-fA-F:]+\]|[^\s:/@]+):\d{1,5}$/, 'expected host:port, such as localhost:9092'))
      .min(1, 'expected at least one broker')
      .describe('`host:port` of some brokers; the others are found through them'),
    tls: z.boolean().default(false).describe('`true`: encrypted connections'),
    ca: authority(),
    sasl: z
      .strictObject({
        mechanism: z.enum(['plain', 'scram-sha-256', 'scram-sha-512']).describe('What the listener wants'),
        username: text().describe('Its name there'),
        password: text().describe('Written `${NAME}`, read from the environment'),
      })
      .nullable()
      .default(null)
      .describe('How to log in; null: nobody asks'),
    partitions: z
      .int('expected a whole number')
      .min(1, 'expected 1 or more')
      .max(1_000, 'expected at most 1,000')
      .default(6)
      .describe('Of the topics of mentions, when they are made: as many processes can share a stage'),
    replicationFactor: z
      .int('expected a whole number')
      .min(1, 'expected 1 or more')
      .nullable()
      .default(null)
      .describe('Copies of each topic, when it is made; null: as the broker is set'),
    retention: duration()
      .transform(parseDuration)
      .nullable()
      .prefault('7d')
      .describe('How long topics keep records, when they are made; null: as the broker is set'),
    maxMessageBytes: size().prefault('1MB').describe('The largest record'),
    registry,
  })
  .nullable()
  .prefault(null)
  .describe('The event log of distributed mode')

const apiKey = z
  .strictObject({
    type: z.literal('api-key').describe('How to log in'),
    key: text().describe('The encoded key; written `${NAME}`, read from the environment'),
  })
  .describe('An API key')

export const elasticsearch = z
  .strictObject({
    url: httpUrl().describe('Address of the cluster, or of a balancer before it'),
    auth: z
      .discriminatedUnion('type', [basic, apiKey])
      .nullable()
      .default(null)
      .describe('How to log in; null: nobody asks'),
    ca: authority(),
    shards: z
      .int('expected a whole number')
      .min(1, 'expected 1 or more')
      .max(100, 'expected at most 100')
      .default(1)
      .describe('Primary shards of the index, when it is made; one for every 50 million mentions or so'),
    replicas: z
      .int('expected a whole number')
      .min(0, 'expected 0 or more')
      .default(1)
      .describe('Copies of each shard, when the index is made'),
  })
  .nullable()
  .default(null)
  .describe('The search index of distributed mode')

export const s3 = z
  .strictObject({
    endpoint: httpUrl().nullable().default(null).describe('Address of a compatible store; null: Amazon S3'),
    region: text().default('us-east-1').describe('Region of the bucket'),
    bucket: z
      .string()
      .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'expected 3 to 63 lower-case letters, digits, "-" or "."')
      .describe('Where the archive lies'),
    pathStyle: z
      .boolean()
      .nullable()
      .default(null)
      .describe('`true`: the bucket is a part of the path, not of the host; null: where an endpoint is named'),
    credentials: z
      .strictObject({
        accessKeyId: text().describe('The key'),
        secretAccessKey: text().describe('Its secret; written `${NAME}`, read from the environment'),
      })
      .nullable()
      .default(null)
      .describe('null: found as all AWS tools do (environment, profile, role of the machine)'),
    encryption: z
      .discriminatedUnion('type', [
        z
          .strictObject({ type: z.literal('AES256').describe('Who holds the keys') })
          .describe('Keys that the store holds'),
        z
          .strictObject({
            type: z.literal('aws:kms').describe('Who holds the keys'),
            kmsKeyId: text().nullable().default(null).describe("Which key; null: the account's own"),
          })
          .describe('Keys of the key service'),
      ])
      .nullable()
      .default(null)
      .describe('How the store encrypts objects; null: as the bucket is set'),
  })
  .nullable()
  .default(null)
  .describe('The object store of distributed mode')
