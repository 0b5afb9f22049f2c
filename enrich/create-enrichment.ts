import { QuerySet } from '#query/query-set.ts'
import type { BrandProfile } from '#schemas/brand-profile.ts'
import { createBrandSenseScorer } from './brand-sense/brand-sense-scorer.ts'
import type { Enrichment } from './enrich-mention.ts'
import { createEntityTagger } from './entities/entity-tagger.ts'
import { createFitScorer } from './fit/fit-scorer.ts'
import { createLanguageDetector } from './language/language-detector.ts'
import { createMisinformationScorer } from './misinformation/misinformation-scorer.ts'
import type { Scorers } from './scorers.ts'
import { createSentimentScorer } from './sentiment/sentiment-scorer.ts'

/** Loads what the annotations of one generation are made with. */
export function createEnrichment(generation: number, brands: readonly BrandProfile[], scores: boolean): Enrichment {
  return {
    generation,
    brands: new Map(brands.map((brand) => [brand.id, brand])),
    queries: new QuerySet(brands),
    language: createLanguageDetector(),
    scorers: scores ? createScorers() : null,
  }
}

const createScorers = (): Scorers => ({
  sentiment: createSentimentScorer(),
  entities: createEntityTagger(),
  brandSense: createBrandSenseScorer(),
  fit: createFitScorer(),
  misinformation: createMisinformationScorer(),
})
