/** Query parameters that say how a reader came, not what is read. */
const TRACKING =
  /^(utm_\w+|(fb|g|y)clid|dclid|gclsrc|[gw]braid|msclkid|twclid|ttclid|igshid|igsh|mc_[ce]id|_hs(enc|mi)|mkt_tok|wt_\w+|xtor|spm|ref_src|ref_url|cmpid?|ncid|smid|ocid|at_(medium|campaign|custom\d*)|ns_\w+|_ga|_gl|fb_(action|ref|source)\w*|oly_(anon|enc)_id|vero_id|s_cid|ito)$/i

/** Redirectors that carry their target: host and path, parameters. */
const WRAPPERS: readonly (readonly [where: RegExp, parameters: readonly string[]])[] = [
  [/^(www\.)?google\.[a-z.]{2,6}\/url$/, ['url', 'q']],
  [/^lm?\.(facebook|instagram)\.com\/(l\.php)?$/, ['u']],
  [/^(www\.)?youtube\.com\/redirect$/, ['q']],
  [/^out\.reddit\.com\//, ['url']],
  [/^t\.umblr\.com\/redirect$/, ['z']],
  [/^slack-redir\.net\/link$/, ['url']],
  [/^duckduckgo\.com\/l\/$/, ['uddg']],
  [/^vk\.com\/away\.php$/, ['to']],
]
const DEEPEST = 3

/** The target of a redirect link that names it (Google Alerts and the like), else the URL itself; null when it is no http URL. */
export function unwrapUrl(url: string): string | null {
  let current = URL.parse(url)
  for (let depth = 0; depth < DEEPEST && current !== null; depth++) {
    const target = wrappedIn(current)
    if (target === null) break
    current = target
  }
  return current !== null && /^https?:$/.test(current.protocol) ? current.href : null
}

/** One spelling for one page: unwrapped, without tracking parameters, credentials and fragment. null when it is no http URL. */
export function canonicalUrl(url: string): string | null {
  const target = unwrapUrl(url)
  if (target === null) return null
  const canonical = new URL(target)
  canonical.username = ''
  canonical.password = ''
  if (!canonical.hash.startsWith('#!')) canonical.hash = ''
  const tracking = [...canonical.searchParams.keys()].filter((name) => TRACKING.test(name))
  for (const name of tracking) canonical.searchParams.delete(name)
  return canonical.href.replace(/\?$/, '')
}

function wrappedIn(url: URL): URL | null {
  const where = url.hostname + url.pathname
  const parameters = WRAPPERS.find(([pattern]) => pattern.test(where))?.[1] ?? []
  for (const name of parameters) {
    const target = URL.parse(url.searchParams.get(name) ?? '')
    if (target !== null && /^https?:$/.test(target.protocol)) return target
  }
  return null
}
