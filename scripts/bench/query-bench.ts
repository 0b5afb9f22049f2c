import { existsSync, readFileSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createMatcher } from '#query/match.ts'
import { parseQuery } from '#query/parse.ts'
import { QuerySet } from '#query/query-set.ts'
import { tokenize } from '#query/tokenize.ts'
import type { Bench } from './bench-run.ts'
import { figure, median, spread } from './figures.ts'
import { queryLoad } from './query-load.ts'

interface Asked {
  readonly id: string
  readonly query: string
}

/** Rounds that are not measured: compilers and the learnt frequencies come to rest. */
const WARM_UP = 2
const ROUNDS = 5
/** Posts that the plain matcher is timed on. */
const PLAIN_POSTS = 200
const RECORDED = new URL('../../../shared/data/brand-match/', import.meta.url)

/** Tokens and matches a second of one thread, by its CPU time, beside each query evaluated by itself. */
export async function benchQuery(bench: Bench): Promise<unknown> {
  const count = bench.mentions(100_000)
  const measured: Record<string, unknown> = {}
  for (const queries of [1_000, 10_000]) {
    const load = queryLoad(count, queries)
    measured[String(queries)] = measure(`${queries.toLocaleString('en-US')} queries, made posts`, load, bench)
  }
  if (existsSync(RECORDED)) measured.recorded = measure('recorded posts and queries', recordedLoad(), bench)
  return measured
}

function measure(
  title: string,
  { posts, queries }: { readonly posts: readonly string[]; readonly queries: readonly Asked[] },
  { say }: Bench,
): unknown {
  say(
    `\n${title}: ${posts.length.toLocaleString('en-US')} posts, ${ROUNDS} rounds, posts/s of CPU: median (least–most)`,
  )
  const before = heapUsed()
  const set = new QuerySet(queries)
  const bytesPerQuery = (heapUsed() - before) / queries.length
  let matches = 0
  const tokenizing = rounds(posts, ROUNDS, (post) => void tokenize(post))
  const both = rounds(posts, ROUNDS, (post) => {
    matches += set.matchFields([post]).length
  })
  const matchers = queries.map(({ query }) => createMatcher(parseQuery(query)))
  let plainMatches = 0
  const sample = posts.slice(0, PLAIN_POSTS)
  const [plain = 0] = rounds(sample, 1, (post) => {
    const tokens = tokenize(post)
    for (const matches of matchers) if (matches(tokens)) plainMatches++
  })
  const expected = sample.reduce((sum, post) => sum + set.matchFields([post]).length, 0)
  if (plainMatches !== expected * (WARM_UP + 1)) throw new Error('the set and its queries one by one do not agree')
  const perPost = matches / (posts.length * (WARM_UP + ROUNDS))
  say(`  tokens alone             ${spread(tokenizing)}`)
  say(`  text to matches          ${spread(both)}, ${perPost.toFixed(2)} matches a post`)
  say(
    `  one query after another  ${figure(plain)} (on ${PLAIN_POSTS} posts): the set is ${figure(median(both) / plain)} times as fast`,
  )
  say(`  memory                   ${Math.round(bytesPerQuery)} bytes a query`)
  return { tokenizing, both, plain, bytesPerQuery, perPost }
}

function rounds(posts: readonly string[], count: number, work: (post: string) => void): number[] {
  const rates = Array.from({ length: WARM_UP + count }, () => rate(posts, work))
  return rates.slice(WARM_UP)
}

/** Posts a second of CPU time, of all threads: collectors too. */
function rate(posts: readonly string[], work: (post: string) => void): number {
  const before = process.cpuUsage()
  for (const post of posts) work(post)
  const { user, system } = process.cpuUsage(before)
  return posts.length / ((user + system) / 1e6)
}

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

function heapUsed(): number {
  collect()
  return process.memoryUsage().heapUsed
}

function recordedLoad(): { posts: string[]; queries: Asked[] } {
  const rows = (file: string): string[][] =>
    readFileSync(new URL(file, RECORDED), 'utf8')
      .split('\n')
      .slice(1, -1)
      .map((line) => line.split('\t'))
  return {
    posts: rows('posts.tsv').map(([, text]) => text!),
    queries: rows('queries.tsv').map(([id, , query]) => ({ id: id!, query: query! })),
  }
}
