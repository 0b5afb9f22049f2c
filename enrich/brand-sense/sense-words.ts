import { stemHashOf } from './stem-hash.ts'

/** Classes of words that say something about the sense of a name beside them. A word may be in several. */
export const WordClass = {
  /** Words of buying and selling. */
  Trade: 1,
  /** What customers and users meet: accounts, orders, faults, people behind a counter. */
  Service: 2,
  /** What the business pages write about. */
  Company: 4,
  /** How people tell of something they own, use or compare. */
  Use: 8,
  /** Outdoors, weather, animals. */
  Nature: 16,
  /** Faith, history, myth, state. */
  Lore: 32,
  /** Kitchen and home without a shop. */
  Home: 64,
  /** Sport, music, school, film. */
  Play: 128,
} as const

/** Places of a word beside the name. A word has at most one. */
export const Role = {
  None: 0,
  An: 1,
  The: 2,
  This: 3,
  Owner: 4,
  From: 5,
  Of: 6,
  Preposition: 7,
  Subject: 8,
  Modal: 9,
  Quality: 10,
  Try: 11,
  Tells: 12,
  Is: 13,
  Question: 14,
  Other: 15,
} as const
export type Role = (typeof Role)[keyof typeof Role]

const CLASSES: readonly (readonly [number, string])[] = [
  [
    WordClass.Trade,
    `buy bought purchase shop shopping shopped shopper store price pricey cheap cheaper cheapest expensive sale discount deal coupon promo
    voucher gift card checkout cart basket aisle shelf stock sold outlet mall dollar buck euro pound quid cents cost costs pay paid spend
    spent order delivery deliver shipping shipped parcel package return refund receipt brand product flavor flavour flavors size pair
    pack bottle box bag tube retail retailer customer bargain clearance restock resale rebate subscription subscribe premium trial
    purchase offer worth budget haul preorder merch label logo packaging ad advert commercial campaign billboard influencer`,
  ],
  [
    WordClass.Service,
    `customer service support helpline hotline agent rep staff employee employees manager cashier clerk waiter driver courier desk queue hold
    account login password log app site website update upgrade install download crash crashes down outage bug server glitch
    feature settings notification charged overcharged billing bill fee fees cancel cancelled canceled delayed complaint complain
    warranty repair replacement replaced refused declined scam fraud hacked banned locked email ticket chat branch location drive-thru
    appointment technician reservation booking booked upgrade points rewards membership member loyalty contract plan user users`,
  ],
  [
    WordClass.Company,
    `company corporation brand ceo cfo founder executive exec board shares share stock shareholder investor investors earnings
    revenue profit profits quarter quarterly q1 q2 q3 q4 forecast guidance analyst analysts market valuation ipo billion million acquire
    acquires acquired acquisition merger takeover layoffs lays lay hire hiring hires job jobs headquarters hq office union workers strike
    lawsuit sues sued settlement fine fined fines antitrust regulator recall recalls tariff tariffs supplier factory plant warehouse
    launch launches launched unveil unveils unveiled announce announces announced partnership partner sponsor sponsors sponsored sponsorship deal
    rebrand startup competitor rival rivals stake bankruptcy boycott press statement spokesperson spokesman patent data breach industry
    franchise chain stores sales dividend nasdaq nyse ticker`,
  ],
  [
    WordClass.Use,
    `my switched switch switching recommend recommended review reviews anyone anybody tried trying try using used use bought owned
    broke broken died stopped working works work wear wearing wore smell smells tastes taste tasted new old latest model version version
    better worse than instead compared vs favorite favourite obsessed addicted quality junk trash garbage overrated underrated
    upgrade upgraded replaced lasted lasts forever own ours prefer prefers swear swears sells sell stuck love hate finally ordered got grabbed`,
  ],
  [
    WordClass.Nature,
    `sea ocean river lake water beach sand shore coast wave waves sun sunrise sunset moon star stars sky cloud clouds rain snow storm
    wind winter summer spring autumn mountain mountains hill hills valley forest jungle desert tree trees leaf leaves flower flowers
    garden grass field wood bird birds fish animal animals cat cats dog dogs horse cow sheep wolf bear lion tiger snake insect bug bugs
    eggs wild wildlife species zoo cave rock rocks stone ice fire earth planet planets space rocket nasa telescope boat ship
    sail sailing swim swimming fishing hike hiking trail trails camping island islands sunlight night volcano weather
    scientists habitat`,
  ],
  [
    WordClass.Lore,
    `king queen prince princess war army soldier soldiers battle century ancient history historical legend myth god gods goddess church
    holy prayer bible prophet soul ghost court justice president minister senate parliament election vote government party political politics
    country nation border police law treaty empire castle temple museum poem poet philosophy theory metaphor moral truth freedom
    grandmother grandfather ancestors revolution military missile enemy peace`,
  ],
  [
    WordClass.Home,
    `recipe cook cooking cooked bake baked baking oven stir boil soup salad cake pie bread butter cheese sugar salt lemon cream sauce
    slice slices chopped spoon bowl plate wall walls floor roof door window lamp curtain sofa couch carpet paint painted color colour
    colored shade fabric wool knit knitting sew finger fingers hand hands arm leg legs knee foot feet head hair eye eyes teeth
    skin bones blood heart brain muscle body kids grandma baby wedding funeral birthday juice fruit`,
  ],
  [
    WordClass.Play,
    `team coach player players league season match goal goals score scored game cup trophy title championship tournament race
    running ball football basketball soccer baseball hockey boxing tennis golf olympic olympics stadium fans song album band concert
    guitar singer movie film films episode series character book novel chapter poetry theater theatre dance school class teacher exam homework
    university student students college lesson word words definition meaning idiom quote language physics math science experiment`,
  ],
]

const ROLES: readonly (readonly [Role, string])[] = [
  [Role.An, 'a an one another'],
  [Role.The, 'the'],
  [Role.This, 'this that these those each every any some no such what which whose both all'],
  [Role.Owner, "my your his her our their its our's"],
  [Role.From, 'at from via through outside near'],
  [Role.Preposition, 'in into inside within on onto'],
  [Role.Of, 'of'],
  [
    Role.Preposition,
    'by with for about against between like than without over under off up toward towards behind until before after',
  ],
  [Role.Subject, "i you we they he she it i'd i'll we'll you'll they'll who let lets let's"],
  [
    Role.Modal,
    "can can't cannot could couldn't will won't would wouldn't should shouldn't must might may don't doesn't didn't do did does please never always just gonna wanna gotta",
  ],
  [Role.Subject, 'to'],
  [
    Role.Quality,
    'two three four five six seven eight nine ten twelve twenty hundred thousand dozen many few several more most',
  ],
  [
    Role.Quality,
    `big small little huge tiny giant long short high low deep strong weak loud wide narrow thick thin heavy light dark bright white black
    red blue green yellow pink orange purple brown grey gray golden silver wild ripe wet dry hot cold warm empty full final next first
    last second third early late young ancient beautiful pretty lovely ugly broken loose dead clear whole single perfect real true
    good bad great best worst natural human political national local public common main major minor famous sad happy mean easy hard`,
  ],
  [
    Role.Try,
    `use using used buy buying bought try trying tried love loved hate hated need get got order ordered wear wearing wore drink drinking eat
    eating ate drive driving drove own take call called calling email emailed tell told ask asked asking thank thanks dear hey visit join
    joined left leave quit delete deleted open opened boycott prefer recommend follow watch download downloaded install installed
    installing cancel cancelled want wants sponsored chose choose blame sue sued because maybe miss`,
  ],
  [
    Role.Tells,
    `says said say announces announced announce launches launched launch unveils reports reported raises raised cuts cut closes closed
    shuts shut opens opened files filed sues sued signs signed warns warned plans adds added drops dropped pulls pulled recalls recalled buys bought
    acquires sells sold wants refuses refused charges charged sent sends emailed told replied cancelled canceled keeps kept makes made
    needs takes took gives gave offers offered stops stopped removed fixed changed hired fired fires pays paid owes brought brings gets
    got ruined lost won crashed crashes banned froze denied blocked declined tastes smells beats costs claims admits halts expands partners
    sponsors promises blames responds lays apologized apologises apologizes loses reveals outsold replaced`,
  ],
  [Role.Is, 'is are was were has have had be been'],
  [Role.Other, 'and & plus'],
  [Role.Other, 'or vs versus'],
  [Role.Other, 'new latest newest old original official vintage fake used cheap'],
  [Role.Question, 'is are was does do did has have why how when where if'],
]

/** Class bits by the hash of the stem. */
export const wordClasses: ReadonlyMap<number, number> = classMap()

/** Role by the hash of the word. */
export const wordRoles: ReadonlyMap<number, Role> = roleMap()

function classMap(): Map<number, number> {
  const classes = new Map<number, number>()
  for (const [bit, words] of CLASSES) {
    for (const word of words.split(/\s+/)) {
      const hash = stemHashOf(word)
      classes.set(hash, (classes.get(hash) ?? 0) | bit)
    }
  }
  return classes
}

function roleMap(): Map<number, Role> {
  const roles = new Map<number, Role>()
  for (const [role, words] of ROLES) {
    for (const word of words.split(/\s+/)) {
      const hash = stemHashOf(word)
      if (!roles.has(hash)) roles.set(hash, role)
    }
  }
  return roles
}
