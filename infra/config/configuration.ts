import { z } from 'zod'
import type { BrandProfile } from '#schemas/brand-profile.ts'
import { mentionColumns } from '#schemas/mention-columns.ts'
import { duration, httpUrl, size } from './fields.ts'
import { parseDuration } from './quantity.ts'
import { elasticsearch, kafka, s3 } from './server-configuration.ts'

// Every default of the project stands in this file, and `describe` is what the reference page says.
// Durations are milliseconds and sizes bytes once parsed.

const ID_PATTERN = /^[a-z0-9][a-z0-9-]{0,63}$/

const id = () =>
  z
    .string()
    .regex(ID_PATTERN, 'expected 1 to 64 lower-case letters, digits or "-", starting with a letter or digit')
    .meta({ title: 'id' })

const name = () =>
  z.string().trim().min(1, 'expected at least one character').max(200, 'expected at most 200 characters')

const names = (description: string) => z.array(name()).default([]).describe(description)

const texts = (description: string) =>
  z
    .array(z.string().min(1, 'expected at least one character').max(10_000, 'expected at most 10,000 characters'))
    .default([])
    .describe(description)

const pause = () => duration().transform(parseDuration).pipe(z.number().min(30_000, 'expected 30s or more: be polite'))

const lateness = (usual: string) =>
  duration()
    .transform(parseDuration)
    .prefault(usual)
    .describe('How long after publication this source usually shows a mention. Later ones are kept but raise no alert')

const prefilter = () =>
  z
    .boolean()
    .default(true)
    .describe('Keep only what a brand query matches. `false` keeps everything, so that brands can be added later')

const webSocketUrl = () => z.url({ protocol: /^wss?$/, error: 'expected a ws or wss address' }).meta({ title: 'URL' })

const timeZone = () =>
  z.string().refine((zone) => {
    try {
      return Boolean(new Intl.DateTimeFormat('en', { timeZone: zone }))
    } catch {
      return false
    }
  }, 'expected a time zone such as Europe/Berlin or UTC')

const brand = z.strictObject({
  id: id().describe('Short name used in filters, counts and alerts'),
  name: name().describe('The name as people write it'),
  query: z
    .string()
    .trim()
    .min(1, 'expected a query, such as acme or "acme cola"')
    .describe('What is a mention of this brand, in the query language'),
  ambiguous: z
    .boolean()
    .default(false)
    .describe(
      'Its name is also a word, as Target is: what means the word is kept, but not counted for the brand. Needs `words` and `notWords` to be good',
    ),
  products: names('Its products'),
  rivals: names('Its competitors'),
  people: names('People who stand for it'),
  places: names('Its places: headquarters, shops, plants'),
  words: names('Words that speak for the brand where its name is ambiguous'),
  notWords: names('Words that speak against it where its name is ambiguous'),
  handles: z
    .array(
      z
        .string()
        .trim()
        .regex(/^@?[^\s@]+(?:@[^\s@]+)?$/, 'expected an account name such as @acme')
        .transform((handle) => handle.replace(/^@/, '')),
    )
    .prefault([])
    .describe('Its own accounts, with or without "@"'),
  domains: z
    .array(
      z
        .string()
        .trim()
        .regex(
          /^(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?\.)+[\p{L}\p{N}-]{2,}$/u,
          'expected a host such as acme.example',
        )
        .transform((host) => host.toLowerCase()),
    )
    .prefault([])
    .describe('Its own web sites, without "https://"'),
  languages: z
    .array(z.string().regex(/^[a-z]{2,3}$/, 'expected a language code such as en or de'))
    .default([])
    .describe('Languages that matter to it (ISO 639-1); empty: all'),
  mustMatch: texts('Texts that the query must match; `earshot check` tries them'),
  mustNotMatch: texts('Texts that the query must not match; `earshot check` tries them'),
}) satisfies z.ZodType<BrandProfile>

/** Parts of the pipeline: a connector of that name would be taken for one of them in status and metrics. */
const STAGE_NAMES = new Set(['ingest', 'enrich', 'index', 'alerts', 'archive', 'demo'])

const connectorId = () =>
  id()
    .refine((name) => !STAGE_NAMES.has(name) && !name.startsWith('replay-'), 'expected another name: this one is taken')
    .describe('Its name in cursors, counts and status. A new id reads the source anew')

const fileConnector = z
  .strictObject({
    id: connectorId(),
    type: z.literal('file').describe('Which connector reads it'),
    path: z.string().min(1, 'expected a path').describe('The file, relative to the configuration'),
    format: z
      .enum(['ndjson', 'csv'])
      .nullable()
      .default(null)
      .describe('`ndjson` (a JSON object a line) or `csv`; null: by the ending of the name'),
    columns: z
      .partialRecord(z.enum(mentionColumns), z.string().min(1, 'expected the name of a column'))
      .default({})
      .describe('Which column or key fills which field of the mention; common names are known without it'),
    timeZone: timeZone().default('UTC').describe('Time zone of times that name none'),
    dateOrder: z
      .enum(['day-first', 'month-first'])
      .nullable()
      .default(null)
      .describe('How the file writes 03/04/2026; null: found out from the other dates of the file'),
    platform: id().nullable().default(null).describe('Platform of rows that name none; null: `file`'),
    lateness: lateness('10m'),
    prefilter: prefilter(),
  })
  .describe('A file of mentions, read once; resumes where it stopped')

const feedConnector = z
  .strictObject({
    id: connectorId(),
    type: z.literal('feed').describe('Which connector reads it'),
    urls: z.array(httpUrl()).min(1, 'expected at least one address').describe('Addresses of RSS, Atom or JSON feeds'),
    every: pause().prefault('5m').describe('How often each feed is asked'),
    lateness: lateness('30m'),
    prefilter: prefilter(),
  })
  .describe('RSS, Atom and JSON feeds')

const hackerNewsConnector = z
  .strictObject({
    id: connectorId(),
    type: z.literal('hackernews').describe('Which connector reads it'),
    terms: names('Words to search for; empty: the names of all brands'),
    every: pause().prefault('1m').describe('How often it is asked'),
    baseUrls: z
      .strictObject({
        search: httpUrl().default('https://hn.algolia.com/api/v1').describe('The search service'),
        items: httpUrl()
          .default('https://hacker-news.firebaseio.com/v0')
          .describe('The service that knows edits and deletions'),
      })
      .prefault({})
      .describe('Addresses of the services, for a proxy or a test'),
    lateness: lateness('10m'),
    prefilter: prefilter(),
  })
  .describe('Stories and comments of Hacker News; no account needed')

const blueskyConnector = z
  .strictObject({
    id: connectorId(),
    type: z.literal('bluesky').describe('Which connector reads it'),
    urls: z
      .array(webSocketUrl())
      .min(1, 'expected at least one address')
      .default([
        'wss://jetstream1.us-east.bsky.network/subscribe',
        'wss://jetstream2.us-east.bsky.network/subscribe',
        'wss://jetstream1.us-west.bsky.network/subscribe',
        'wss://jetstream2.us-west.bsky.network/subscribe',
      ])
      .describe('Jetstream servers of one kind; the next is tried when one fails'),
    lateness: lateness('2m'),
    prefilter: prefilter(),
  })
  .describe('All public posts of Bluesky, as they are written; no account needed')

const connector = z.discriminatedUnion('type', [fileConnector, feedConnector, hackerNewsConnector, blueskyConnector])

const terminal = z
  .strictObject({ type: z.literal('terminal').describe('Where it goes') })
  .describe('A line in the terminal of `earshot run`')

const webhook = z
  .strictObject({
    type: z.literal('webhook').describe('Where it goes'),
    url: httpUrl().describe('Receives a POST for each alert'),
    secret: z
      .string()
      .refine(
        isWebhookSecret,
        'expected whsec_ and the base64 form of 24 to 64 bytes (make one: openssl rand -base64 32)',
      )
      .nullable()
      .default(null)
      .describe(
        'Signs each message (Standard Webhooks); written `${NAME}`, read from the environment. Null: not signed',
      ),
  })
  .describe('An HTTP address of yours')

const alert = z.strictObject({
  id: id().describe('Its name in messages; a new id starts a new history'),
  brand: id().describe('Id of a brand above'),
  on: z
    .literal('sentiment-spike', 'expected sentiment-spike')
    .describe('`sentiment-spike`: the negative share of the brand is unusual for that brand'),
  sensitivity: z
    .enum(['daily', 'weekly', 'monthly'])
    .default('weekly')
    .describe('Tells what happens less than once a day, week or month'),
  deliver: z
    .array(z.discriminatedUnion('type', [terminal, webhook]))
    .min(1, 'expected at least one target')
    .default([{ type: 'terminal' }])
    .describe('Where alerts go'),
})

export const configurationSchema = z.strictObject({
  mode: z
    .enum(['embedded', 'distributed'])
    .default('embedded')
    .describe(
      '`embedded`: everything in one process and one directory; `distributed`: on Kafka, Elasticsearch and S3, named below',
    ),
  namespace: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,39}$/, 'expected up to 40 lower-case letters, digits or "-", starting with a letter')
    .default('earshot')
    .describe('Prefix of all names, so that two installations can share servers'),
  brands: z.array(brand).prefault([]).describe('What to listen for'),
  connectors: z.array(connector).prefault([]).describe('Where mentions come from'),
  alerts: z.array(alert).default([]).describe('What to tell you about'),
  scores: z.boolean().default(true).describe('`false`: only language, words and brands are found, no scores are given'),
  network: z
    .strictObject({
      allowPrivate: z
        .boolean()
        .default(false)
        .describe('`true` lets connectors and webhooks reach loopback and private addresses'),
    })
    .prefault({})
    .describe('What may be reached'),
  retention: duration()
    .transform(parseDuration)
    .pipe(z.number().min(86_400_000, 'expected one day or more'))
    .nullable()
    .prefault(null)
    .describe(
      'Removed after so long: from the index what was published before, from archive and dead letters what came in before; null: kept for ever',
    ),
  storage: z
    .strictObject({
      maxLogBytes: size()
        .prefault('4GB')
        .describe('Connectors wait when the log holds this much that is not yet indexed'),
      minFreeBytes: size().prefault('1GB').describe('Connectors pause when the disk has less than this left'),
    })
    .prefault({})
    .describe('Limits of the data directory'),
  kafka,
  elasticsearch,
  s3,
})

/** The whole configuration after parsing: every default filled in, durations in milliseconds, sizes in bytes. */
export type Configuration = z.output<typeof configurationSchema>
export type ConnectorConfiguration = Configuration['connectors'][number]

function isWebhookSecret(text: string): boolean {
  if (!text.startsWith('whsec_')) return false
  const encoded = text.slice('whsec_'.length)
  const bytes = Buffer.from(encoded, 'base64')
  return bytes.toString('base64') === encoded && bytes.length >= 24 && bytes.length <= 64
}
