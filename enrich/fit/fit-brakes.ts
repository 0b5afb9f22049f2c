import type { Component, Mention } from '#schemas/generated.ts'
import type { FitFacts } from './fit-facts.ts'
import { BRAKES } from './fit-weights.ts'

/** Hashtags by which authors say, and in many places must say, that they were paid. */
const PAID_TAGS = new Set(
  (
    'ad ads advert advertisement sponsored sponsoredpost spon paidpartnership paidad gifted brandambassador partner anzeige werbung ' +
    'bezahltewerbung unbezahltewerbung publi publicidad patrocinado patrocinio colaboracionpagada publicite partenariat sponsorise ' +
    'publipost publipubli parceriapaga adv pubblicita sponsorizzato'
  ).split(' '),
)

const MANY_LIKES = 500
/** Of real likes, some lead to a reply or a share: fewer than one in 500 looks bought. */
const TALK_SHARE = 1 / 500

const brake = (name: keyof typeof BRAKES, evidence: string): Component => ({
  name: `brake_${name}`,
  value: 1,
  weight: BRAKES[name],
  evidence,
})

/** What speaks against working with this author, as far as one post shows it. */
export function brakes(mention: Mention, facts: FitFacts): readonly Component[] {
  const found: Component[] = []
  if (facts.isOwnAccount) found.push(brake('ownAccount', "the brand's own account"))
  if (mention.flags.bot === true || mention.author?.kind === 'bot') {
    found.push(brake('automated', 'the account says that it is automated'))
  }
  if (facts.rivalAccount) found.push(brake('rivalTie', 'the account of a rival'))
  else if (facts.rivalsInBio.length > 0) {
    found.push(brake('rivalTie', `the author's bio names the rival "${facts.rivalsInBio[0]!.text}"`))
  }
  const paid = mention.hashtags.find((tag) => PAID_TAGS.has(tag.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()))
  if (paid !== undefined) found.push(brake('paidPost', `declared as paid: #${paid}`))
  const { likes = null, replies = null, shares = null, quotes = null } = mention.engagement ?? {}
  if (likes !== null && likes >= MANY_LIKES && replies !== null && shares !== null) {
    const talk = replies + shares + (quotes ?? 0)
    if (talk < likes * TALK_SHARE) {
      found.push(brake('boughtEngagement', `${likes} likes but ${talk} replies and shares: likes may be bought`))
    }
  }
  return found
}
