import { readFileSync } from 'node:fs'
import { getDomain, getHostname } from 'tldts'
import { HASH_SEED, hashUnit, mixed } from '#enrich/text/word-hash.ts'
import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'

/** Steps between the lowest and the highest quality. */
export const QUALITY_STEPS = 255

/** Sites where anybody publishes: what is known of the site says nothing about one of its pages. */
const PLATFORMS = new Set(
  (
    'facebook.com fb.com fb.watch twitter.com x.com t.co youtube.com youtu.be instagram.com tiktok.com reddit.com redd.it tumblr.com ' +
    'medium.com substack.com wordpress.com blogspot.com blogger.com linkedin.com pinterest.com telegram.org t.me whatsapp.com ' +
    'bsky.app threads.net mastodon.social vimeo.com dailymotion.com rumble.com twitch.tv quora.com github.com google.com goo.gl ' +
    'bit.ly tinyurl.com ow.ly buff.ly amazon.com apple.com change.org gofundme.com wixsite.com weebly.com archive.org archive.ph ' +
    'discord.com news.ycombinator.com patreon.com flickr.com imgur.com soundcloud.com spotify.com msn.com yahoo.com'
  ).split(' '),
)

const SATIRE = new Set(
  (
    'theonion.com babylonbee.com clickhole.com reductress.com newsthump.com thedailymash.co.uk waterfordwhispersnews.com ' +
    'duffelblog.com thebeaverton.com betootaadvocate.com der-postillon.com titanic-magazin.de dietagespresse.com legorafi.fr ' +
    'nordpresse.be elmundotoday.com eldeforma.com lercio.it sensacionalista.com.br speld.nl thehardtimes.net worldnewsdailyreport.com'
  ).split(' '),
)

const FACT_CHECKERS = new Set(
  (
    'snopes.com politifact.com factcheck.org fullfact.org leadstories.com factcheck.afp.com checkyourfact.com correctiv.org ' +
    'mimikama.org maldita.es newtral.es chequeado.com pagella-politica.it pagellapolitica.it facta.news bufale.net aosfatos.org ' +
    'lupa.uol.com.br boatos.org poligrafo.sapo.pt factuel.afp.com africacheck.org altnews.in boomlive.in'
  ).split(' '),
)

export interface SourceList {
  /** `name/version`. */
  readonly model: string
  /** Hashes of domains, ascending. */
  readonly hashes: Int32Array
  /** 0 … `QUALITY_STEPS`, in the same order. */
  readonly qualities: Uint8Array
}

export type SourceVerdict =
  | { readonly kind: 'rated'; readonly domain: string; readonly quality: number }
  | { readonly kind: 'satire' | 'factChecker' | 'platform' | 'unrated'; readonly domain: string }

/** Reads the list from `enrich/models/`. An operator may put another one there, built with `npm run train -- source-quality`. */
export function loadSourceList(): SourceList {
  const folder = new URL('../models/', import.meta.url)
  const { name, version, domains } = JSON.parse(readFileSync(new URL('source-quality.json', folder), 'utf8'))
  const file = readFileSync(new URL('source-quality.bin', folder))
  if (file.byteLength !== 5 * domains) {
    throw new PipelineError(
      ErrorClass.Config,
      'MODEL_UNREADABLE',
      'the list of source qualities does not fit its card: install Earshot again, or run "npm run train -- source-quality"',
    )
  }
  const bytes = file.buffer.slice(file.byteOffset, file.byteOffset + file.byteLength)
  return {
    model: `${name}/${version}`,
    hashes: new Int32Array(bytes, 0, domains),
    qualities: new Uint8Array(bytes, 4 * domains),
  }
}

/** What is known of the site behind a link: the host first, then its parents down to the registrable domain. null: no web address. */
export function sourceOf(url: string, list: SourceList): SourceVerdict | null {
  const host = getHostname(url)
  if (host === null) return null
  const registrable = getDomain(host)
  if (registrable === null) return null
  for (let domain = host; ; domain = domain.slice(domain.indexOf('.') + 1)) {
    if (SATIRE.has(domain)) return { kind: 'satire', domain }
    if (FACT_CHECKERS.has(domain)) return { kind: 'factChecker', domain }
    if (PLATFORMS.has(domain)) return { kind: 'platform', domain }
    const quality = qualityOf(domain, list)
    if (quality !== null) return { kind: 'rated', domain, quality }
    if (domain.length <= registrable.length) return { kind: 'unrated', domain: registrable }
  }
}

function qualityOf(domain: string, { hashes, qualities }: SourceList): number | null {
  const wanted = domainHash(domain)
  let low = 0
  let high = hashes.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (hashes[middle]! < wanted) low = middle + 1
    else high = middle
  }
  return hashes[low] === wanted ? qualities[low]! / QUALITY_STEPS : null
}

export function domainHash(domain: string): number {
  let hash = HASH_SEED
  for (let i = 0; i < domain.length; i++) hash = hashUnit(hash, domain.charCodeAt(i))
  return mixed(hash)
}
