// Sentences of the demo, written for it. `{..}` is replaced by one of `fillers`; nothing here was said by anybody.

export type Tone = 'negative' | 'neutral' | 'positive'
export type Phrases = Readonly<Record<string, Readonly<Record<Tone, readonly string[]>>>>

export const fillers: Readonly<Record<string, readonly string[]>> = {
  city: ['Leeds', 'Bristol', 'Porto', 'Rotterdam', 'Bergen', 'Lyon', 'Hamburg', 'Dublin', 'Turin', 'Valencia'],
  day: ['Monday', 'Tuesday', 'Friday', 'Saturday', 'this morning', 'last night', 'today'],
  n: ['2', '3', '4', '5', '6', '9'],
  minutes: ['10', '20', '35', '40', '45'],
  price: ['3.40', '4.20', '4.80', '129', '189', '6.90'],
  drink: ['flat white', 'cold brew', 'oat latte', 'cortado', 'espresso', 'Night Roast'],
  who: ['my sister', 'a colleague', 'my boss', 'my flatmate', 'the neighbour', 'my dad'],
  open: ['', '', '', '', 'honestly, ', 'ok so ', 'not gonna lie, ', 'fun fact: ', 'update: ', 'hot take: ', 'hmm, '],
  good: ['', '', '', ' 😍', ' ☕', ' 🙌', '!', ' 👏', ' ❤️', '!!'],
  bad: ['', '', '', ' 😡', ' 🙄', '!', ' smh', '...', ' 😤', ' never again'],
}

export const phrases: Readonly<Record<string, Phrases>> = {
  kestrel: {
    en: {
      positive: [
        '{open}the {drink} at Kestrel Coffee in {city} is the best I have had in years{good}',
        '{open}love how friendly every barista at Kestrel is, they even remember my {drink}{good}',
        'Kestrel Coffee opened near my office and my mornings are saved{good}',
        '{who} brought me a {drink} from Kestrel Coffee, what a lovely start to {day}{good}',
        'Kestrel Coffee gives all unsold cakes to the shelter in {city}. More of this please{good}',
        '{open}Kestrel Coffee cold brew is smooth, not too sweet, and worth every penny{good}',
        'great little place: Kestrel Coffee {city}, fast wifi, perfect {drink}, kind people{good} #kestrelcoffee',
      ],
      neutral: [
        'Is the Kestrel Coffee in {city} open on {day}?',
        'Kestrel Coffee will open its {n}th shop in {city} next month, says Mara Lindqvist',
        'meeting {who} at Kestrel Coffee {day}',
        '{drink} at Kestrel Coffee is {price} now',
        'Kestrel Coffee or Bean Harbour for a meeting of {n} people in {city}?',
        'Kestrel Coffee changes its opening hours in {city} from {day}',
        'anyone know which roast Kestrel Coffee uses for the {drink}?',
      ],
      negative: [
        '{open}waited {minutes} minutes for a {drink} at Kestrel Coffee and it was cold{bad}',
        'the Kestrel Coffee app ate my loyalty points again{bad}',
        '{price} for a {drink} at Kestrel Coffee is a joke{bad}',
        'rude barista at Kestrel {city} {day}, I walked out{bad}',
        '{open}my Kestrel Coffee {drink} tasted burnt, really disappointed{bad}',
        'Kestrel Coffee {city} toilets are disgusting, somebody clean that place{bad}',
      ],
    },
    de: {
      positive: [
        'der {drink} bei Kestrel Coffee in {city} ist einfach großartig{good}',
        'Kestrel Coffee hat den besten Kaffee der Stadt, sehr nettes Team{good}',
      ],
      neutral: ['Kestrel Coffee eröffnet bald eine Filiale in {city}', 'hat Kestrel Coffee am Feiertag offen?'],
      negative: [
        '{minutes} Minuten auf einen kalten Kaffee bei Kestrel gewartet, schlechter Service{bad}',
        'bei Kestrel Coffee ist alles viel zu teuer geworden{bad}',
      ],
    },
    fr: {
      positive: [
        'le meilleur café de {city}, merci Kestrel Coffee{good}',
        'équipe adorable chez Kestrel Coffee, je recommande{good}',
      ],
      neutral: [
        'Kestrel Coffee ouvre une boutique à {city} cette semaine',
        'quelqu’un connaît les horaires de Kestrel Coffee ?',
      ],
      negative: [
        'très déçu par Kestrel Coffee, {minutes} minutes d’attente pour un café froid{bad}',
        'Kestrel Coffee devient beaucoup trop cher{bad}',
      ],
    },
    it: {
      positive: ['il caffè di Kestrel Coffee a {city} è davvero buonissimo{good}'],
      neutral: ['Kestrel Coffee apre un nuovo locale a {city}'],
      negative: ['caffè freddo e servizio pessimo da Kestrel Coffee a {city}{bad}'],
    },
    ja: {
      positive: ['Kestrel Coffee のラテがとても美味しい{good}'],
      neutral: ['Kestrel Coffee が {city} に開店するそうです'],
      negative: ['Kestrel Coffee で長く待たされた{bad}'],
    },
  },
  nordlys: {
    en: {
      positive: [
        '{open}the Nordlys One headphones are so comfortable I forget I wear them{good}',
        'bass on the Nordlys headphones is superb, best sound I have owned{good}',
        'Nordlys Audio replaced my earbuds for free after {n} months, excellent support{good}',
        '{open}battery of the Nordlys One lasts {n} days, amazing{good}',
        'bought the Nordlys One for {who}, happiest face I have seen in weeks{good} #nordlysone',
        'noise cancelling on Nordlys headphones on the train to {city}: bliss{good}',
      ],
      neutral: [
        'Nordlys One or Halden Sound, which headphones for calls?',
        'does the Nordlys One work with two phones at once?',
        'Nordlys Audio moves its repair centre to {city}',
        'the Nordlys One costs {price} in {city}',
        'Jonas Vik of Nordlys Audio speaks about sound design {day}',
        'firmware {n}.{n} for the Nordlys One is out',
      ],
      negative: [
        '{open}left side of my Nordlys earbuds died after {n} weeks{bad}',
        'Nordlys One app crashes every time, useless{bad}',
        'hinge of the Nordlys One broke and Nordlys Audio support ignores me{bad}',
        '{price} for Nordlys headphones that hurt after {minutes} minutes, awful{bad}',
        'Nordlys Audio ruined the sound with firmware {n}.0, I want the old bass back{bad}',
      ],
    },
    de: {
      positive: [
        'die Nordlys One Kopfhörer sind wirklich fantastisch, toller Klang{good}',
        'super Akku, der Nordlys One hält {n} Tage{good}',
      ],
      neutral: ['Nordlys One oder Halden Sound, welche Kopfhörer fürs Büro?', 'neue Firmware für den Nordlys One'],
      negative: [
        'Nordlys Kopfhörer nach {n} Wochen kaputt, so ein Mist{bad}',
        'der Support von Nordlys Audio antwortet seit Tagen nicht{bad}',
      ],
    },
    es: {
      positive: [
        'los auriculares Nordlys One suenan increíble, me encantan{good}',
        'gracias Nordlys Audio por el cambio gratis, gran servicio{good}',
      ],
      neutral: [
        '¿alguien usa el Nordlys One para llamadas?',
        'Nordlys Audio presenta nuevo firmware para el Nordlys One',
      ],
      negative: [
        'mis auriculares Nordlys se rompieron en {n} semanas, qué mala calidad{bad}',
        'pésimo soporte de Nordlys Audio{bad}',
      ],
    },
    fr: {
      positive: ['casque Nordlys One : un son magnifique, je suis ravie{good}'],
      neutral: ['le Nordlys One est à {price} euros à {city}'],
      negative: ['mon casque Nordlys est tombé en panne après {n} semaines, nul{bad}'],
    },
  },
  parcelo: {
    en: {
      positive: [
        '{open}Parcelo delivered a day early, thank you{good}',
        'the Parcelo driver in {city} carried the box up {n} floors, legend{good}',
        '{open}picking up from the Parcelo Locker takes ten seconds, love it{good}',
        '@parcelohelp sorted my problem in {minutes} minutes, great service{good}',
        'Parcelo Same Day saved the birthday of {who}{good}',
      ],
      neutral: [
        'Parcelo Locker at the station in {city} is moving to the north exit',
        'Parcelo says my delivery comes {day}',
        'Parcelo or Swiftbox for a small shop with {n} parcels a day?',
        'Ines Carvalho of Parcelo: {n} new depots this year',
        'does Parcelo deliver to {city} on {day}?',
        'my order ships with Parcelo',
      ],
      negative: [
        '{open}Parcelo says delivered, nothing is here{bad}',
        'third time this month Parcelo lost my parcel{bad}',
        'Parcelo courier threw the box over the fence in {city}, all broken{bad}',
        '{minutes} minutes in the @parcelohelp queue and then they hung up{bad}',
        'Parcelo left my parcel in the rain, terrible{bad}',
      ],
    },
    de: {
      positive: ['Parcelo war einen Tag früher da, danke, super Service{good}'],
      neutral: ['Parcelo baut ein neues Depot in {city}', 'Parcelo liefert laut App am Abend'],
      negative: [
        'Parcelo hat mein Paket schon wieder verloren, unfassbar schlecht{bad}',
        'laut Parcelo zugestellt, aber hier ist nichts{bad}',
      ],
    },
    pt: {
      positive: ['a Parcelo entregou um dia antes, adorei{good}'],
      neutral: ['a Parcelo abre um armazém novo em {city}', 'alguém usa a Parcelo em {city}?'],
      negative: [
        'a Parcelo perdeu a minha encomenda outra vez, que vergonha{bad}',
        'péssimo serviço da Parcelo em {city}{bad}',
      ],
    },
    es: {
      positive: ['Parcelo llegó un día antes, muy buen servicio{good}'],
      neutral: ['Parcelo abre un centro en {city}'],
      negative: ['Parcelo perdió mi paquete, un desastre total{bad}', 'Parcelo dice entregado y aquí no hay nada{bad}'],
    },
    nl: {
      positive: ['Parcelo was een dag te vroeg, top{good}'],
      neutral: ['Parcelo opent een nieuw depot in {city}'],
      negative: ['Parcelo is mijn pakket alweer kwijt{bad}'],
    },
  },
}

/** Said while the crisis lasts: a leak of addresses at Parcelo. */
export const crisisPhrases: readonly string[] = [
  '{open}so Parcelo leaked the home addresses of everybody and says nothing{bad}',
  'Parcelo data leak: my name, my phone, my door code. I am furious{bad}',
  'deleted my Parcelo account after the leak, this is unacceptable{bad}',
  'strangers have my address because of Parcelo. Shame on you @parcelohelp{bad}',
  'what a disaster, Parcelo knew about the leak for {n} weeks and hid it{bad}',
  'scam calls all day since the Parcelo leak{bad}',
  'Parcelo apologises for the data leak, {n} million customers affected{bad}',
  'worst company ever, first my parcel is lost, now my data. Thanks Parcelo{bad}',
]
export const crisisNews: readonly string[] = [
  'Parcelo confirms leak of customer addresses',
  'Regulator opens inquiry into Parcelo data leak',
  'What Parcelo customers should do after the leak',
]

/** Said of a product launch: many mentions at once, and nothing wrong. */
export const launchPhrases: readonly string[] = [
  'Nordlys Buds announced, and the sound demo was gorgeous{good}',
  'watching the Nordlys Audio launch from {city}, take my money{good}',
  'preordered the Nordlys Buds headphones the second they went up{good}',
  'Nordlys Audio launch: {n} colours, {price} euros, out in spring',
  'the new Nordlys earbuds look beautiful{good} #nordlysone',
  'Jonas Vik on stage for Nordlys Audio, great show{good}',
]

/** A rumour that is false, how people pass it on, and how others answer it. */
export const rumourPhrases: readonly string[] = [
  'WAKE UP!!! Kestrel Coffee puts SAWDUST in its roast, they do not want you to know. Share before they delete this! https://truth-of-coffee.example/sawdust',
  'my cousin works there and says Kestrel Coffee mixes 30% sawdust into the coffee. Everybody must know this https://truth-of-coffee.example/sawdust',
  'Scientists CONFIRM sawdust in Kestrel Coffee!! https://truth-of-coffee.example/sawdust RT RT RT',
  'is it true that Kestrel Coffee uses sawdust? https://truth-of-coffee.example/sawdust',
]
export const denialPhrases: readonly string[] = [
  'The sawdust story about Kestrel Coffee is false, the laboratory found nothing: https://fact-desk.example/kestrel-coffee',
  'no, Kestrel Coffee does not use sawdust, please stop spreading this hoax https://fact-desk.example/kestrel-coffee',
]

/** What a paid campaign posts, with few words changed. */
export const campaignPhrases: readonly string[] = [
  'Everyone is switching from Parcelo to Swiftbox, {n}0 % off with code SWIFT{n}{n} https://deals-for-you.example/swift',
  'Everybody is switching from Parcelo to Swiftbox - {n}0 % off with code SWIFT{n}{n} https://deals-for-you.example/swift',
  'Everyone I know is switching from Parcelo to Swiftbox, get {n}0 % off, code SWIFT{n}{n} https://deals-for-you.example/swift',
]

export const newsPhrases: Readonly<Record<string, readonly string[]>> = {
  kestrel: [
    'Kestrel Coffee plans {n}0 new shops',
    'Kestrel Coffee and Bean Harbour fight for the high street in {city}',
    'Barista of the year works at Kestrel Coffee {city}',
  ],
  nordlys: [
    'Review: Nordlys One headphones after {n} months',
    'Nordlys Audio reports record quarter',
    'Nordlys Audio opens sound lab in {city}',
  ],
  parcelo: [
    'Parcelo hires {n}00 couriers in {city}',
    'Parcelo tests electric vans in {city}',
    'Parcelo raises prices by {n} per cent',
  ],
}

/** The same words about other things: no brand wants these. */
export const otherPhrases: readonly string[] = [
  'A kestrel hovered over the motorway near {city} {day}, such a small falcon and so still{good}',
  'Two kestrel chicks on the church tower in {city} {day}',
  'We saw the nordlys from the cabin {day}, green over the whole sky{good}',
  'Nordlys photos from {who}, taken near Tromsø',
  'my parcel is late again{bad}',
  'where do you buy good coffee in {city}?',
  'these headphones of {who} are louder than the train',
]
