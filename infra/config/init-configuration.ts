import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'

/**
 * The text of a first configuration for a brand: valid as it stands, with a query that matches the name as it is written.
 * Throws a config error `BRAND_NAME_INVALID` for a name without a letter or digit.
 */
export function initConfiguration(brandName: string): string {
  const name = brandName
    .normalize('NFC')
    .replace(/[\s\p{C}]+/gu, ' ')
    .trim()
  if (!/[\p{L}\p{N}]/u.test(name) || name.length > 100) {
    const message =
      'a brand name needs a letter or a digit and has at most 100 characters, for example: earshot init "Acme Cola"'
    throw new PipelineError(ErrorClass.Config, 'BRAND_NAME_INVALID', message)
  }
  const id = slug(name)
  const query = proposeQuery(name)
  return `# Configuration of Earshot. "earshot check" tells what is wrong with it; docs/configuration.md lists every key.

brands:
  - id: ${id}
    name: ${quoted(name)}
    # What is a mention of the brand. Refine it with AND, OR, NOT, "a phrase", NEAR/5, =Name (this spelling only), @account, url:host
    query: ${quoted(query)}
    # Texts that the query must and must not match: "earshot check" tries them after every change.
    mustMatch:
      - ${quoted(`Just tried ${name} for the first time`)}
    mustNotMatch:
      - 'Nothing about any company here'
    # Helps where the name is also an ordinary word or another company:
    # ambiguous: true
    # products: []
    # words: []
    # rivals: []
    # notWords: []

connectors:
  # All public posts of Bluesky as they are written. Only those that a brand query matches are kept;
  # "prefilter: false" would keep every post, some forty a second, for brands that you may add later.
  - id: bluesky
    type: bluesky
  # Stories and comments of Hacker News that hold the name of a brand.
  - id: hackernews
    type: hackernews
    every: 1m
  # Sites that you follow: RSS, Atom or JSON feeds.
  # - id: news
  #   type: feed
  #   urls: [https://example.org/feed.xml]
  #   every: 5m
  # An export of another tool, or a file of your own with one JSON object a line.
  # - id: export
  #   type: file
  #   path: mentions.csv
  #   columns: { id: tweet_id, text: text, publishedAt: created, author.handle: name }

alerts:
  # Tells when the negative share is unusual for this brand, in a way that happens less than once a week.
  - id: ${id}-mood
    brand: ${id}
    on: sentiment-spike
    sensitivity: weekly
    deliver:
      - type: terminal
      # - type: webhook
      #   url: https://hooks.example.org/earshot
      #   secret: \${EARSHOT_WEBHOOK_SECRET}
`
}

/** A word as it is; anything else as a phrase, so that no part of a name is read as an operator. */
function proposeQuery(name: string): string {
  if (/^[\p{L}\p{N}]+$/u.test(name) && !/^(?:and|or|not|near)$/i.test(name)) return name.toLowerCase()
  return `"${name.replaceAll('"', ' ').replace(/ +/g, ' ').trim()}"`
}

function slug(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replace(/^-+|-+$/g, '')
  return plain === '' ? 'brand' : plain
}

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`
