import { parseArgs } from 'node:util'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { data: { type: 'string', default: '../shared/data' } },
})

switch (positionals[0]) {
  case 'sentiment':
    ;(await import('./train-sentiment.ts')).trainSentiment(values.data)
    break
  case 'language':
    ;(await import('./train-language.ts')).trainLanguage(values.data)
    break
  case 'entities':
    ;(await import('./train-entities.ts')).trainEntities(values.data)
    break
  case 'source-quality':
    ;(await import('./build-source-quality.ts')).buildSourceQuality(values.data)
    break
  case 'brand-sense':
    ;(await import('./brand-sense/train-brand-sense.ts')).trainBrandSense()
    break
  default:
    process.stderr.write(
      'usage: npm run train -- sentiment|language|entities|source-quality|brand-sense [--data DIR]\n',
    )
    process.exitCode = 2
}
