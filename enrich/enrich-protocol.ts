import type { BrandProfile } from '#schemas/brand-profile.ts'

/** What a worker is started with: the same for all of one generation. */
export interface EnrichWorkerData {
  readonly generation: number
  readonly brands: readonly BrandProfile[]
  readonly scores: boolean
  readonly topic: string
}

/** A slice of a batch. */
export interface EnrichRequest {
  readonly partition: number
  readonly offsets: readonly number[]
  /** `pack` of the records' values. */
  readonly values: ArrayBuffer
}

/** For each record its enriched bytes (`pack`, empty where it failed) and what failed. */
export interface EnrichAnswer {
  readonly values: ArrayBuffer
  readonly failures: readonly { readonly index: number; readonly code: string; readonly message: string }[]
}
