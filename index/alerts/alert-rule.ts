import type { Sensitivity } from './negative-share-detector.ts'

/** Where an alert goes. */
export type AlertTarget =
  | { readonly type: 'terminal' }
  /** `secret` (`whsec_…`) signs each message; null: not signed. */
  | { readonly type: 'webhook'; readonly url: string; readonly secret: string | null }

/** "Tell me when the negative share of this brand is unusual for it." */
export interface AlertRule {
  readonly id: string
  readonly brand: string
  readonly on: 'sentiment-spike'
  readonly sensitivity: Sensitivity
  readonly deliver: readonly AlertTarget[]
}
