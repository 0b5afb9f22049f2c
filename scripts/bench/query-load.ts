import { lifelikeEvent, randomFrom } from './lifelike-events.ts'

/** A brand as its queries and its posts name it. */
interface Brand {
  readonly name: string
  readonly products: readonly string[]
  readonly handle: string
}

const SYLLABLES = 'bra vo ze lu qui xan tor mel ika dro pha nes gol wy ster hul'.split(' ')
const TOPICS =
  'battery update screen support crash coffee order menu taste delivery store return size queue sale flight luggage seat engine recall account bill outage fees signal skin smell packaging price advert'.split(
    ' ',
  )
/** Of the posts, those that name a brand. */
const NAMING = 0.45

/** Posts of several languages of which nearly half name a brand, and queries of nine shapes that listening tools are asked for. */
export function queryLoad(
  posts: number,
  queries: number,
): { posts: string[]; queries: { id: string; query: string }[] } {
  const random = randomFrom(20_260_101)
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!
  const brands = Array.from({ length: Math.ceil(queries / 4) }, (_, i) => newBrand(i))
  return {
    posts: Array.from({ length: posts }, (_, i) => {
      const words = (lifelikeEvent(1, i, posts).mention?.text ?? '').split(' ')
      const put = (piece: string) => words.splice(Math.floor(random() * words.length), 0, piece)
      if (random() < 0.3) put(pick(TOPICS))
      if (random() < NAMING) put(spellings(pick(brands))[Math.floor(random() * 9)]!)
      return words.join(' ')
    }),
    queries: Array.from({ length: queries }, (_, i) => ({
      id: String(i),
      query: SHAPES[i % SHAPES.length]!(pick(brands), pick(brands), () => pick(TOPICS)),
    })),
  }
}

function newBrand(number: number): Brand {
  let word = ''
  for (let rest = number + SYLLABLES.length; rest > 0; rest = Math.floor(rest / SYLLABLES.length))
    word += SYLLABLES[rest % SYLLABLES.length]
  const name = word.charAt(0).toUpperCase() + word.slice(1)
  return { name, products: [`${name} One`, `${word}phone`, `${name}-Max`], handle: `${name}Care` }
}

const spellings = ({ name, products, handle }: Brand): string[] => [
  name,
  name,
  name.toLowerCase(),
  name.toUpperCase(),
  `${name}’s`,
  `@${handle}`,
  `#${name}`,
  products[0]!,
  `https://www.${name.toLowerCase()}.com/offers?id=1`,
]

type Shape = (brand: Brand, rival: Brand, topic: () => string) => string

const any = (words: readonly string[]): string => `(${words.map((word) => `"${word}"`).join(' OR ')})`

const SHAPES: readonly Shape[] = [
  ({ name, products, handle }) => `${name} OR ${any(products)} OR @${handle} OR #${name}`,
  ({ name, handle }, _, topic) =>
    `(=${name} AND ${any([topic(), topic(), topic()])}) OR @${handle} OR url:${name.toLowerCase()}.com`,
  ({ name, handle }) =>
    `(${name} OR @${handle}) AND (terrible OR awful OR refund OR scam OR complain* OR "never again" OR disappoint*)`,
  ({ name }, _, topic) => `${name} NEAR/8 (${topic()} OR ${topic()} OR "${topic()} ${topic()}")`,
  ({ products }) => `${any(products)} AND NOT (giveaway OR "retweet to win" OR #ad OR #sponsored)`,
  ({ name }, _, topic) => `#${name}Deals OR (#${name} AND ${topic()}) OR ("summer sale" AND ${name})`,
  ({ name }, rival) => `${name} AND ${rival.name} AND (better OR worse OR vs OR switch* OR than)`,
  ({ name }) => `${name} AND NOT (job* OR hiring OR "apply now" OR stock*) AND NOT url:${name.toLowerCase()}.com`,
  ({ name }) =>
    `(${name} OR #${name}) AND (boycott OR lawsuit OR recall* OR "data breach" OR (ceo NEAR/4 (resign* OR fired OR scandal)))`,
]
