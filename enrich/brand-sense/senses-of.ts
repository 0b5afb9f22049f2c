import type { BrandProfile } from '#schemas/brand-profile.ts'
import type { BrandSense, Mention } from '#schemas/generated.ts'
import type { BrandSenseScorer } from './brand-sense-scorer.ts'

/**
 * What the names of the ambiguous brands among these mean in a mention that their queries match. A brand is left out where
 * nothing is in doubt: the post is by its own account, or was found by something else than its name.
 */
export function sensesOf(
  { author }: Mention,
  text: string,
  language: string | null,
  brands: readonly BrandProfile[],
  scorer: BrandSenseScorer,
): BrandSense[] {
  const handle = author?.handle?.toLowerCase()
  return brands.flatMap((brand) => {
    if (!brand.ambiguous || brand.handles.some((own) => own.toLowerCase() === handle)) return []
    const { isNamed, ...sense } = scorer.judge(text, language, brand)
    return isNamed ? [{ brand: brand.id, ...sense, model: scorer.model }] : []
  })
}
