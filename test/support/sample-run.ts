import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { systemClock } from '#infra/runtime/system-clock.ts'
import { startHackerNews } from './hackernews-server.ts'
import { JetstreamServer, postCommit } from './jetstream-server.ts'
import { LoopbackServer, respond } from './loopback-server.ts'
import { type CliEnd, runCli } from './run-cli.ts'

/** Every parser that was measured beside ours, and what it found. */
export type MeasuredCounts = Readonly<Record<string, number | 'error'>>

/** The most items that a parser found; null when none could read the file. */
export function mostOf(measured: MeasuredCounts): number | null {
  const counts = Object.values(measured).filter((count) => count !== 'error')
  return counts.length === 0 ? null : Math.max(...counts)
}

export interface RecordedFeed {
  /** Relative to the folder of feeds, with `/`. */
  readonly path: string
  /** The connector that reads it, so that the books count it. */
  readonly connector: string
  readonly measured: MeasuredCounts
}

export interface SampleRun {
  readonly end: CliEnd
  readonly feeds: readonly RecordedFeed[]
  readonly deadLetters: readonly { readonly stage: string; readonly code: string; readonly message: string }[]
}

/** Each item of Hacker News holds one of these. */
const TERMS = ['Claude', 'Dropbox', 'HN', 'Poll', 'Valleywag', 'compliments']

/**
 * Serves what was recorded of feeds, Hacker News and Bluesky from this machine, writes an `earshot.yaml` that reads all of it
 * into `folder`, and runs the real command line there until it is idle. `more`: further parts of the configuration; on servers
 * they must have been set up.
 */
export async function runSamples(samples: string, folder: string, more: object = {}): Promise<SampleRun> {
  const feeds = await recordedFeeds(join(samples, 'rss'))
  await using feedServer = await startFeeds(join(samples, 'rss'), feeds)
  await using hackerNews = await startRecordedHackerNews(join(samples, 'hackernews'))
  await using jetstream = await startRecordedJetstream(join(samples, 'bluesky'))
  const configuration = {
    brands: [{ id: 'claude', name: 'Claude', query: 'claude' }],
    connectors: [
      ...feeds.map(({ path, connector }) => ({
        ...{ id: connector, type: 'feed', urls: [`${feedServer.url}/${path}`], prefilter: false },
      })),
      { id: 'hackernews', type: 'hackernews', terms: TERMS, baseUrls: hackerNews.baseUrls, prefilter: false },
      { id: 'bluesky', type: 'bluesky', urls: [jetstream.url], prefilter: false },
    ],
    network: { allowPrivate: true },
    ...more,
  }
  await writeFile(join(folder, 'earshot.yaml'), JSON.stringify(configuration, null, 2))
  const end = await runCli(folder, 'run', '--until-idle', '--json')
  const letters = await runCli(folder, 'dead-letters', 'list', '--limit', '1000000', '--json')
  const deadLetters = letters.output.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]))
  return { end, feeds, deadLetters }
}

async function recordedFeeds(folder: string): Promise<RecordedFeed[]> {
  const { files } = (await json(join(folder, 'measured_item_counts.json'))) as { files: Record<string, MeasuredCounts> }
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile() && entry.parentPath !== folder)
    .map(({ parentPath, name }) => relative(folder, join(parentPath, name)).replaceAll(sep, '/'))
    .sort()
    .map((path, i) => ({ path, connector: connectorId(path, i), measured: files[path] ?? {} }))
}

/** The number keeps apart what the rules for names make equal. */
const connectorId = (path: string, i: number): string =>
  `feed-${i + 1}-${path.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`.slice(0, 60)

async function startFeeds(folder: string, feeds: readonly RecordedFeed[]): Promise<LoopbackServer> {
  const bodies = new Map<string | undefined, Buffer>()
  for (const { path } of feeds) bodies.set(encodeURI(`/${path}`), await readFile(join(folder, path)))
  return LoopbackServer.start(({ url }, response) =>
    respond(response, bodies.has(url) ? 200 : 404, {}, bodies.get(url)),
  )
}

interface RecordedItem {
  readonly id: number
  readonly type: string
  readonly by: string
  readonly time: number
  readonly title?: string
  readonly text?: string
  readonly url?: string
}

/** The search gives the recorded page and, of each recorded item, an earlier state; the item service then tells the edit. */
async function startRecordedHackerNews(folder: string) {
  const { hits } = (await json(join(folder, 'algolia_search_2026.json'))) as { hits: unknown[] }
  const names = (await readdir(folder)).filter((name) => name.startsWith('firebase_item_'))
  const items = (await Promise.all(names.map((name) => json(join(folder, name))))) as RecordedItem[]
  const server = await startHackerNews(systemClock)
  server.replay([...hits, ...items.map(earlierHit)], items)
  return server
}

const earlierHit = ({ id, type, by, time, title, text, url }: RecordedItem): unknown => ({
  ...{ objectID: String(id), created_at_i: time, author: by, _tags: [type], url },
  ...(title !== undefined && { title: `${title}, before an edit` }),
  [type === 'comment' ? 'comment_text' : 'story_text']: text,
  ...(type === 'comment' && { comment_text: `${text} Before an edit.` }),
})

/** The recorded frames as they stand, then the posts of the recorded account as a stream would tell them. */
async function startRecordedJetstream(folder: string): Promise<JetstreamServer> {
  const server = await JetstreamServer.start(systemClock)
  for (const name of ['jetstream_v1_112.jsonl', 'jetstream_v1_golden_10.jsonl']) {
    const frames = (await readFile(join(folder, name), 'utf8')).trimEnd().split('\n')
    for (const frame of frames) server.publishRaw(frame)
  }
  const { postRecords } = (await json(join(folder, 'account_capture_atprotocom.json'))) as {
    postRecords: { uri: string; value: object }[]
  }
  for (const { uri, value } of postRecords) {
    const [did = '', , rkey = ''] = uri.slice('at://'.length).split('/')
    server.publish(postCommit(did, rkey, 'create', value))
  }
  return server
}

const json = async (path: string): Promise<unknown> => JSON.parse(await readFile(path, 'utf8'))
