import type { BrandProfile } from '#schemas/brand-profile.ts'

const profile = (known: Pick<BrandProfile, 'id' | 'name' | 'query'> & Partial<BrandProfile>): BrandProfile => ({
  ...{ products: [], rivals: [], people: [], places: [], words: [], notWords: [], handles: [], domains: [] },
  ...{ ambiguous: false, languages: [], mustMatch: [], mustNotMatch: [] },
  ...known,
})

/** Three brands that do not exist. One has the name of a bird, as real brands do. */
export const demoBrands: readonly BrandProfile[] = [
  profile({
    id: 'kestrel',
    name: 'Kestrel Coffee',
    query:
      '"kestrel coffee" OR @kestrelcoffee OR #kestrelcoffee OR (kestrel NEAR/8 (coffee OR latte OR espresso OR barista* OR roast* OR kaffee OR café OR caffè)) NOT (falcon OR bird*)',
    products: ['Kestrel Cold Brew', 'Night Roast'],
    rivals: ['Bean Harbour'],
    people: ['Mara Lindqvist'],
    places: ['Bristol', 'Leeds'],
    words: ['coffee', 'latte', 'espresso', 'barista'],
    notWords: ['falcon', 'bird', 'nest'],
    handles: ['kestrelcoffee'],
    domains: ['kestrelcoffee.example'],
    mustMatch: ['Best latte in town at Kestrel Coffee', 'my barista at Kestrel knows my order'],
    mustNotMatch: ['a kestrel is a small falcon', 'saw a kestrel over the field, what a bird'],
  }),
  profile({
    id: 'nordlys',
    name: 'Nordlys Audio',
    query:
      'nordlys NEAR/6 (audio OR headphone* OR earbud* OR sound OR bass OR kopfhörer OR casque OR auriculares) OR "nordlys one" OR @nordlysaudio OR #nordlysone',
    products: ['Nordlys One', 'Nordlys Buds'],
    rivals: ['Halden Sound'],
    people: ['Jonas Vik'],
    places: ['Bergen'],
    words: ['headphones', 'earbuds', 'bass', 'battery'],
    notWords: ['aurora'],
    handles: ['nordlysaudio'],
    domains: ['nordlys.example'],
    mustMatch: ['the Nordlys One is comfortable', 'bass on my Nordlys headphones is superb'],
    mustNotMatch: ['we saw the nordlys from the cabin tonight'],
  }),
  profile({
    id: 'parcelo',
    name: 'Parcelo',
    query: 'parcelo OR @parcelohelp OR #parcelo',
    products: ['Parcelo Locker', 'Parcelo Same Day'],
    rivals: ['Swiftbox'],
    people: ['Ines Carvalho'],
    places: ['Rotterdam', 'Porto'],
    words: ['parcel', 'delivery', 'courier'],
    handles: ['parcelohelp'],
    domains: ['parcelo.example'],
    mustMatch: ['where is my Parcelo delivery?', 'thanks @parcelohelp'],
    mustNotMatch: ['my parcel is late'],
  }),
]
