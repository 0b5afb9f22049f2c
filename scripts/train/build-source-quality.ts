import { writeFileSync } from 'node:fs'
import { domainHash, QUALITY_STEPS } from '#enrich/misinformation/source-quality.ts'
import { readList } from './read-tsv.ts'

const MODELS = new URL('../../enrich/models/', import.meta.url)

/**
 * Writes the list of source qualities from `source-quality/domain-quality.csv` in the folder `data`: a header, then a line
 * `domain,quality` each, quality from 0 to 1. Any list of that form will do. Domains are kept as hashes.
 */
export function buildSourceQuality(data: string): void {
  const rated = new Map<number, number>()
  let skipped = 0
  for (const [line = ''] of readList(data, 'source-quality/domain-quality.csv').slice(1)) {
    const [domain = '', quality = ''] = line.split(',')
    const value = Number(quality)
    // a few rows rate one path of a site
    if (!/^[^/\s]+\.[^/\s]+$/.test(domain) || quality === '' || !(value >= 0 && value <= 1)) skipped++
    else rated.set(domainHash(domain.toLowerCase()), Math.round(value * QUALITY_STEPS))
  }
  const rows = [...rated].sort(([a], [b]) => a - b)
  const hashes = Int32Array.from(rows, ([hash]) => hash)
  const qualities = Uint8Array.from(rows, ([, quality]) => quality)
  const card = {
    name: 'source-quality',
    version: '1',
    title: 'Quality of news sites, from several expert ratings',
    data: [
      'H. Lin, J. Lasser, S. Lewandowsky, R. Cole, A. Gully, D. G. Rand, G. Pennycook, 2023 (notice); snapshot 2023-09',
    ],
    licence:
      'The authors ask for citation and say "feel free to reuse the data"; there is no formal licence. The list may be replaced.',
    domains: rows.length,
    skipped,
    command: 'npm run train -- source-quality',
  }
  writeFileSync(new URL('source-quality.bin', MODELS), Buffer.concat([Buffer.from(hashes.buffer), qualities]))
  writeFileSync(new URL('source-quality.json', MODELS), `${JSON.stringify(card, null, 2)}\n`)
  process.stdout.write(`${rows.length} domains, ${skipped} rows skipped\n`)
}
