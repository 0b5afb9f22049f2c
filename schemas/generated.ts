// Made from the .avsc files by `npm run schemas`; edit those.

/** Value on alerts.v1: a rule opened or resolved an event. */
export interface Alert {
  /** Rule and opening bucket; the same for all versions of one event */
  readonly id: string
  /** Counts the messages about this event from 1 */
  readonly version: number
  readonly state: AlertState
  readonly rule: string
  readonly brand: string
  /** End of the bucket that changed the state */
  readonly at: number
  readonly openedAt: number
  /** 1..10 */
  readonly severity: number
  readonly summary: string
  readonly facts: AlertFacts
}

export type AlertState = 'unknown' | 'open' | 'resolved'

export interface AlertFacts {
  readonly observedShare: number
  readonly expectedShare: number
  readonly mentions: number
  readonly windowMs: number
  readonly terms: readonly string[]
  readonly sources: readonly string[]
  readonly authors: number
  /** Mention ids */
  readonly samples: readonly string[]
}

/** What the enrichers say about a mention, each score with its reasons, model and version. A score that was not given is null, and notScored says why. */
export interface Annotations {
  /** Ids of the brands whose query matches, without those whose ambiguous name means something else here (brandSense) */
  readonly brands: readonly string[]
  readonly sentiment: Sentiment | null
  readonly entities: Entities | null
  readonly fit: Fit | null
  readonly misinformation: Misinformation | null
  readonly languageModel: string | null
  readonly notScored: readonly NotScored[]
  readonly brandSense: readonly BrandSense[]
}

export interface Sentiment {
  readonly label: Tone
  /** Calibrated probability; the three add up to 1 */
  readonly negative: number
  readonly neutral: number
  readonly positive: number
  /** The product would not act on this label */
  readonly uncertain: boolean
  readonly explain: Explanation
  /** name/version */
  readonly model: string
}

export type Tone = 'unknown' | 'negative' | 'neutral' | 'positive'

export interface Explanation {
  /** Raw score of the label minus that of the runner-up = bias + rest + sum of weights */
  readonly margin: number
  readonly bias: number
  /** What is not shown in parts */
  readonly rest: number
  readonly parts: readonly Part[]
}

export interface Part {
  /** UTF-16 offset into title, newline, text (mentionText) */
  readonly start: number
  readonly end: number
  readonly weight: number
}

export interface Entities {
  readonly items: readonly Entity[]
  readonly model: string
}

export interface Entity {
  readonly type: EntityType
  readonly start: number
  readonly end: number
  readonly text: string
  /** Brand id, when it comes from a profile */
  readonly id: string | null
  /** null for a match with a profile */
  readonly confidence: number | null
  /** What made us say so, in words */
  readonly reason: string
}

export type EntityType = 'unknown' | 'brand' | 'person' | 'place' | 'organisation' | 'product' | 'work' | 'other'

export interface Fit {
  /** 0..1; null when the payload holds too little to say */
  readonly value: number | null
  readonly components: readonly Component[]
  readonly model: string
}

export interface Component {
  /** relevance, resonance, reach, authenticity, ... */
  readonly name: string
  /** 0..1, null is unknown */
  readonly value: number | null
  readonly weight: number
  readonly evidence: string
}

export interface Misinformation {
  readonly state: EvidenceState
  /** 0..1, the risk of needing a check; null when unknown or nothing to check */
  readonly risk: number | null
  /** 0..1, how harmful it would be; does not enter the risk */
  readonly priority: number
  readonly reasons: readonly Reason[]
  readonly model: string
}

export type EvidenceState = 'unknown' | 'nothing_to_check' | 'low' | 'raised' | 'high'

export interface Reason {
  readonly signal: string
  readonly logOdds: number
  /** The most this signal may add or take */
  readonly cap: number
  readonly evidence: string
}

export interface NotScored {
  readonly score: string
  readonly reason: string
}

/** Whether an ambiguous name means the brand, for each brand that is declared ambiguous and whose query matches */
export interface BrandSense {
  /** Id of the brand; it stands in brands too, unless the state is other */
  readonly brand: string
  readonly state: SenseState
  /** Calibrated, that the brand is meant */
  readonly probability: number
  /** Log-odds before calibration, above 0 for the brand = bias + sum of weights */
  readonly margin: number
  readonly bias: number
  readonly parts: readonly SensePart[]
  /** name/version */
  readonly model: string
}

export type SenseState = 'unknown' | 'brand' | 'other' | 'unsure'

export interface SensePart {
  /** UTF-16 offset into title, newline, text (mentionText) */
  readonly start: number
  readonly end: number
  readonly weight: number
  /** What was seen there, in words */
  readonly reason: string
}

/** One operation on everything an author published on a platform; a copy goes to every partition. */
export interface AuthorEvent {
  readonly platform: string
  readonly authorId: string
  readonly op: AuthorOp
  readonly rev: number
  /** A delete covers what was observed until then */
  readonly observedAt: number
  /** A delete with block also refuses everything seen later */
  readonly block: boolean
  readonly source: Source
  readonly reason: string | null
}

export type AuthorOp = 'unknown' | 'hide' | 'restore' | 'delete'

/** Value on mentions.dead.v1: bytes that could not be handled, with the reason, kept for a retry. */
export interface DeadLetter {
  /** Connector id, enrich or index */
  readonly stage: string
  readonly code: string
  readonly message: string
  readonly at: number
  readonly source: Source | null
  readonly contentType: string | null
  /** Where the record stood; null when it never reached the log */
  readonly topic: string | null
  readonly partition: number | null
  readonly offset: number | null
  readonly key: string | null
  readonly headers: Readonly<Record<string, string>>
  readonly bytes: Uint8Array
}

/** Value on mentions.enriched.v1: an operation with everything the index needs, so that it joins nothing. */
export interface EnrichedEvent {
  readonly id: string
  readonly op: Op
  readonly rev: number
  /** Number of the activated models, lists, profiles and code */
  readonly generation: number
  readonly observedAt: number
  readonly ingestedAt: number | null
  readonly source: Source
  readonly reason: string | null
  readonly mention: Mention | null
  readonly annotations: Annotations | null
  /** Our tokens, blank-separated, one token one position */
  readonly tokens: string | null
  readonly raw: RawPointer | null
}

export interface RawPointer {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  /** Of the payload */
  readonly sha256: string
}

/** A connector has seen everything up to observedAt; a copy goes to every partition, so that no data is not taken for zero. */
export interface Heartbeat {
  readonly source: Source
  readonly observedAt: number
  /** The source has ended: nobody need wait for it any more */
  readonly exhausted: boolean
}

/** Value on mentions.raw.v1: one operation on one mention, with the bytes it was made from. */
export interface MentionEvent {
  /** Record key */
  readonly id: string
  readonly op: Op
  /** Milliseconds of the one clock that stamps all operations of this source, else observedAt; orders operations on one id */
  readonly rev: number
  /** When our connector saw it */
  readonly observedAt: number
  /** Imports: when the other tool took it in */
  readonly ingestedAt: number | null
  readonly source: Source
  /** Why it was hidden or deleted, when the platform says */
  readonly reason: string | null
  /** Held by create and update only */
  readonly mention: Mention | null
  readonly payload: Payload | null
}

export type Op = 'unknown' | 'create' | 'update' | 'hide' | 'restore' | 'delete'

export interface Payload {
  /** As received; null when kept in the object store */
  readonly bytes: Uint8Array | null
  /** Object key of the compressed payload when it is larger than 256 KB */
  readonly ref: string | null
  readonly sha256: string
  readonly contentType: string
  /** Name and version of the mapping, for example feed/1 */
  readonly mapper: string
}

/** What a person published about a brand, in one shape for every platform. Unknown is null, never an empty string; times are milliseconds since 1970, UTC. */
export interface Mention {
  /** bluesky, hackernews, feed, file or the platform an import names */
  readonly platform: string
  readonly kind: Kind
  /** An id that copies of this post on other hosts share */
  readonly canonicalId: string | null
  readonly url: string | null
  readonly title: string | null
  /** Plain text, no markup */
  readonly text: string | null
  /** Searchable side text: alt texts, card titles, quoted text */
  readonly context: readonly string[]
  readonly lang: Lang
  /** The author's time, clamped once at ingest to observedAt + 1 h */
  readonly publishedAt: number
  readonly publishedAtEstimated: boolean
  readonly editedAt: number | null
  readonly author: Author | null
  readonly container: Container | null
  /** Mention ids */
  readonly thread: Thread | null
  readonly engagement: Engagement | null
  readonly rating: Rating | null
  readonly links: readonly Link[]
  /** Without # */
  readonly hashtags: readonly string[]
  readonly mentions: readonly MentionedAccount[]
  /** Never downloaded */
  readonly media: readonly Media[]
  readonly geo: Geo | null
  readonly flags: Flags
  /** What another tool judged, kept apart from our own scores */
  readonly imported: Imported | null
}

export type Kind = 'unknown' | 'post' | 'comment' | 'quote' | 'repost' | 'article' | 'video' | 'review' | 'question' | 'issue' | 'other'

export interface Lang {
  /** BCP-47, as the platform or author says */
  readonly declared: string | null
  /** ISO 639-1, by our detector; null before enrichment or when unsure */
  readonly detected: string | null
  /** 0..1 */
  readonly confidence: number | null
}

export interface Author {
  /** The platform's stable id */
  readonly id: string | null
  readonly handle: string | null
  readonly name: string | null
  readonly url: string | null
  readonly kind: AuthorKind
  readonly followers: number | null
  readonly following: number | null
  readonly posts: number | null
  readonly verified: boolean | null
  readonly createdAt: number | null
  readonly reputation: number | null
  readonly bio: string | null
}

export type AuthorKind = 'unknown' | 'person' | 'org' | 'bot'

export interface Container {
  /** site, subreddit, instance, channel, repository */
  readonly type: string
  readonly id: string | null
  readonly name: string | null
  readonly url: string | null
  readonly members: number | null
}

export interface Thread {
  readonly rootId: string | null
  readonly parentId: string | null
  readonly quoteOfId: string | null
}

export interface Engagement {
  readonly likes: number | null
  readonly replies: number | null
  readonly shares: number | null
  readonly quotes: number | null
  readonly views: number | null
  readonly score: number | null
  readonly measuredAt: number | null
}

export interface Rating {
  readonly value: number
  readonly min: number
  readonly max: number
}

export interface Link {
  readonly url: string
  /** Unwrapped from redirects, tracking parameters removed */
  readonly canonical: string | null
  readonly title: string | null
}

export interface MentionedAccount {
  readonly id: string | null
  readonly handle: string | null
}

export interface Media {
  /** image, video, audio or other */
  readonly type: string
  readonly url: string | null
  readonly alt: string | null
}

export interface Geo {
  readonly country: string | null
  readonly region: string | null
  readonly city: string | null
}

export interface Flags {
  readonly sensitive: boolean
  readonly contentWarnings: readonly string[]
  readonly bot: boolean | null
}

export interface Imported {
  readonly tool: string | null
  readonly sentiment: string | null
  readonly extra: Readonly<Record<string, string>>
}

/** Where an event came from. */
export interface Source {
  /** The connector's id in the configuration */
  readonly connector: string
  readonly platform: string
  /** Host, feed URL or file that it came from */
  readonly instance: string | null
  /** How long after publication this source usually shows a mention; later ones do not raise alerts */
  readonly latenessMs: number
}

/** What may stand on a topic, by record name. */
export interface WireRecords {
  readonly MentionEvent: MentionEvent
  readonly AuthorEvent: AuthorEvent
  readonly Heartbeat: Heartbeat
  readonly EnrichedEvent: EnrichedEvent
  readonly DeadLetter: DeadLetter
  readonly Alert: Alert
}

/** Closed Avro schemas (JSON) of the records that stand on topics. */
export const wireSchemas: Readonly<Record<keyof WireRecords, string>> = {
  MentionEvent: "{\"type\":\"record\",\"name\":\"MentionEvent\",\"namespace\":\"earshot\",\"doc\":\"Value on mentions.raw.v1: one operation on one mention, with the bytes it was made from.\",\"fields\":[{\"name\":\"id\",\"type\":\"string\",\"doc\":\"Record key\"},{\"name\":\"op\",\"type\":{\"type\":\"enum\",\"name\":\"Op\",\"symbols\":[\"unknown\",\"create\",\"update\",\"hide\",\"restore\",\"delete\"],\"default\":\"unknown\",\"namespace\":\"earshot\"}},{\"name\":\"rev\",\"type\":\"long\",\"doc\":\"Milliseconds of the one clock that stamps all operations of this source, else observedAt; orders operations on one id\"},{\"name\":\"observedAt\",\"type\":\"long\",\"doc\":\"When our connector saw it\"},{\"name\":\"ingestedAt\",\"type\":[\"null\",\"long\"],\"default\":null,\"doc\":\"Imports: when the other tool took it in\"},{\"name\":\"source\",\"type\":{\"type\":\"record\",\"name\":\"Source\",\"namespace\":\"earshot\",\"doc\":\"Where an event came from.\",\"fields\":[{\"name\":\"connector\",\"type\":\"string\",\"doc\":\"The connector's id in the configuration\"},{\"name\":\"platform\",\"type\":\"string\"},{\"name\":\"instance\",\"type\":[\"null\",\"string\"],\"default\":null,\"doc\":\"Host, feed URL or file that it came from\"},{\"name\":\"latenessMs\",\"type\":\"long\",\"doc\":\"How long after publication this source usually shows a mention; later ones do not raise alerts\"}]}},{\"name\":\"reason\",\"type\":[\"null\",\"string\"],\"default\":null,\"doc\":\"Why it was hidden or deleted, when the platform says\"},{\"name\":\"mention\",\"type\":[\"null\",{\"type\":\"record\",\"name\":\"Mention\",\"namespace\":\"earshot\",\"doc\":\"What a person published about a brand, in one shape for every platform. Unknown is null, never an empty string; times are milliseconds since 1970, UTC.\",\"fields\":[{\"name\":\"platform\",\"type\":\"string\",\"doc\":\"bluesky, hackernews, feed, file or the platform an import names\"},{\"name\":\"kind\",\"type\":{\"type\":\"enum\",\"name\":\"Kind\",\"symbols\":[\"unknown\",\"post\",\"comment\",\"quote\",\"repost\",\"article\",\"video\",\"review\",\"question\",\"issue\",\"other\"],\"default\":\"unknown\",\"namespace\":\"earshot\"}},{\"name\":\"canonicalId\",\"type\":[\"null\",\"string\"],\"default\":null,\"doc\":\"An id that copies of this post on other hosts share\"},{\"name\":\"url\",\"type\":[\"null\",\"string\"],\"default\":null},{\"name\":\"title\",\"type\":[\"null\",\"string\"],\"default\":null},{\"name\":\"text\",\"type\":[\"null\",\"string\"],\"default\":null,\"doc\":\"Plain text, no markup\"},{\"name\":\"context\",\"type\":{\"type\":\"array\",\"items\":\"string\"},\"default\":[],\"doc\":\"Searchable side text: alt texts, card titles, quoted text\"},{\"name\":\"lang\",\"type\":{\"type\":\"record\",\"name\":\"Lang\",\"namespace\":\"earshot\",\"fields\":[{\"name\":\"declared\",\"type\":[\"null\",\"string\"],\"default\":null,\"doc\":\"BCP-47, as the platform or author says\"},{\"name\":\"detected\",\"type\":[\"null\",\"string\"],\"default\":null,\"doc\":\"ISO 639-1, by our detector; null before enrichment or when unsure\"},{\"name\":\"confidence\",\"type\":[\"null\",\"double\"],\"default\":null,\"doc\":\"0..1\"}]}},{\"name\":\"publishedAt\",\"type\":\"long\",\"doc\":\"The author's time, clamped once at ingest to observedAt + 1 h\"},{\"name\":\"publishedAtEstimated\",\"type\":\"boolean\",\"default\":false},{\"name\":\"editedAt\",\"type\":[\"null\",\"long\"],\"default\":null},{\"name\":\"author\",\"type\":[\"null\",{\"type\":\"record\",\"name\":\"Author\",\"namespace\":\"earshot\",\"fields\":[{\"name\":\"id\",\"type\":[\"null\",\"string\"],\"default\":null,\"doc\":\"The platform's stable id\"},{\"name\":\"handle\",\"type\":[\"null\",\"string\"],\"default\":null},{\"name\":\"name\",\"type\":[\"null\",\"string\"],\"default\":null},{\"name\":\"url\",\"type\":[\"null\",\"string\"],\"default\":null},{\"name\":\"kind\",\"type\":{\"type\":\"enum\",\"name\":\"AuthorKind\",\"symbols\":[\"unknown\",\"person\",\"org\",\"bot\"],\"default\":\"unknown\",\"namespace\":\"earshot\"}},{\"name\":\"followers\",\"type\":[\"null\",\"long\"],\"default\":null},{\"name\":\"following\",\"type\":[\"null\",\"long\"],\"default\":null},{\"name\":\"posts\",\"type\":[\"null\",\"long\"],\"default\":null},{\"name\":\"verified\",\"type\":[\"null\",\"boolean\"],\"default\":null},{\"name\":\"createdAt\",\"type\":[\"null\",\"long\"],\"default\":null},{\"name\":\"reputation\",\"type\":[\"null\",\"double\"],\"default\":null},{\"name\":\"bio\",\"type\":[\"null\",\"string\"],\"default\":null}]}],\"default\":null},{\"name\":\"container\",\"type\":[\"null\",{\"type\":\"record\",\"name\":\"Container\",\"namespace\":\"earshot\",\"fields\":[{\"name\":\"type\",\"type\":\"string\",\"doc\":\"site, subreddit, instance, channel, repository\"},{\"name\":\"id\",\"type\":[\"null\",\"string\"],\"default\":null},{\"name\":\"name\",\"type\":[\"null\",\"string\"],\"default\":null},{\"name\":\"url\",\"type\":[\"null\",\"string\"],\"default\":null},{\"name\":\"members\",\"type\":[\"null\",\"long\"],\"default\":null}]}],\"default\":null},{\"name\":\"thread\",\"type\":[\"null\",{\"type\":\"record\",\"name\":\"Thread\",\"namespace\":\"earshot\",\"fields\":[{\"name\":\"rootId\",\"type\":[\"null\",\"string\"],\"default\":null},{\"name\":\"parentId\",\"type\":[\"null\",\"string\"],\"default\":null},{\"name\":\"quoteOfId\",\"type\":[\"null\",\"string\"],\"default\":null}]}],\"default\":null,\"doc\":\"Mention ids\"},{\"name\":\"engagement\",\"type\":[\"null\",{\"type\":\"record\",\"name\":\"Engagement\",\"namespace\":\"earshot\",\"fields\":[{\"name\":\"likes\",\"type\":[\"null\",\"long\"],\"default\":null},{\"name\":\"replies\",\"type\":[\"null\",\"long\"],\"default\":null},{\"name\":\"shares\",\"type\":[\"null\",\"long\"],\"default\":null},{\"name\":\"quotes\",\"type\":[\"null\",\"long\"],\"default\":null},{\"name\":\"views\",\"type\":[\"null\",\"long\"],\"default\":null},{\"name\":\"score\",\"type\":[\"null\",\"long\"],\"default\":null},{\"name\":\"measuredAt\",\"type\":[\"null\",\"long\"],\"default\":null}]}],\"default\":null},{\"name\":\"rating\",\"type\":[\"null\",{\"type\":\"record\",\"name\":\"Rating\",\"namespace\":\"earshot\",\"fields\":[{\"name\":\"value\",\"type\":\"double\"},{\"name\":\"min\",\"type\":\"double\"},{\"name\":\"max\",\"type\":\"double\"}]}],\"default\":null},{\"name\":\"links\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"Link\",\"namespace\":\"earshot\",\"fields\":[{\"name\":\"url\",\"type\":\"string\"},{\"name\":\"canonical\",\"type\":[\"null\",\"string\"],\"default\":null,\"doc\":\"Unwrapped from redirects, tracking parameters removed\"},{\"name\":\"title\",\"type\":[\"null\",\"string\"],\"default\":null}]}},\"default\":[]},{\"name\":\"hashtags\",\"type\":{\"type\":\"array\",\"items\":\"string\"},\"default\":[],\"doc\":\"Without #\"},{\"name\":\"mentions\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"MentionedAccount\",\"namespace\":\"earshot\",\"fields\":[{\"name\":\"id\",\"type\":[\"null\",\"string\"],\"default\":null},{\"name\":\"handle\",\"type\":[\"null\",\"string\"],\"default\":null}]}},\"default\":[]},{\"name\":\"media\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"Media\",\"namespace\":\"earshot\",\"fields\":[{\"name\":\"type\",\"type\":\"string\",\"doc\":\"image, video, audio or other\"},{\"name\":\"url\",\"type\":[\"null\",\"string\"],\"default\":null},{\"name\":\"alt\",\"type\":[\"null\",\"string\"],\"default\":null}]}},\"default\":[],\"doc\":\"Never downloaded\"},{\"name\":\"geo\",\"type\":[\"null\",{\"type\":\"record\",\"name\":\"Geo\",\"namespace\":\"earshot\",\"fields\":[{\"name\":\"country\",\"type\":[\"null\",\"string\"],\"default\":null},{\"name\":\"region\",\"type\":[\"null\",\"string\"],\"default\":null},{\"name\":\"city\",\"type\":[\"null\",\"string\"],\"default\":null}]}],\"default\":null},{\"name\":\"flags\",\"type\":{\"type\":\"record\",\"name\":\"Flags\",\"namespace\":\"earshot\",\"fields\":[{\"name\":\"sensitive\",\"type\":\"boolean\",\"default\":false},{\"name\":\"contentWarnings\",\"type\":{\"type\":\"array\",\"items\":\"string\"},\"default\":[]},{\"name\":\"bot\",\"type\":[\"null\",\"boolean\"],\"default\":null}]}},{\"name\":\"imported\",\"type\":[\"null\",{\"type\":\"record\",\"name\":\"Imported\",\"namespace\":\"earshot\",\"fields\":[{\"name\":\"tool\",\"type\":[\"null\",\"string\"],\"default\":null},{\"name\":\"sentiment\",\"type\":[\"null\",\"string\"],\"default\":null},{\"name\":\"extra\",\"type\":{\"type\":\"map\",\"values\":\"string\"},\"default\":{}}]}],\"default\":null,\"doc\":\"What another tool judged, kept apart from our own scores\"}]}],\"default\":null,\"doc\":\"Held by create and update only\"},{\"name\":\"payload\",\"type\":[\"null\",{\"type\":\"record\",\"name\":\"Payload\",\"namespace\":\"earshot\",\"fields\":[{\"name\":\"bytes\",\"type\":[\"null\",\"bytes\"],\"default\":null,\"doc\":\"As received; null when kept in the object store\"},{\"name\":\"ref\",\"type\":[\"null\",\"string\"],\"default\":null,\"doc\":\"Object key of the compressed payload when it is larger than 256 KB\"},{\"name\":\"sha256\",\"type\":\"string\"},{\"name\":\"contentType\",\"type\":\"string\"},{\"name\":\"mapper\",\"type\":\"string\",\"doc\":\"Name and version of the mapping, for example feed/1\"}]}],\"default\":null}]}",
  AuthorEvent: "{\"type\":\"record\",\"name\":\"AuthorEvent\",\"namespace\":\"earshot\",\"doc\":\"One operation on everything an author published on a platform; a copy goes to every partition.\",\"fields\":[{\"name\":\"platform\",\"type\":\"string\"},{\"name\":\"authorId\",\"type\":\"string\"},{\"name\":\"op\",\"type\":{\"type\":\"enum\",\"name\":\"AuthorOp\",\"symbols\":[\"unknown\",\"hide\",\"restore\",\"delete\"],\"default\":\"unknown\",\"namespace\":\"earshot\"}},{\"name\":\"rev\",\"type\":\"long\"},{\"name\":\"observedAt\",\"type\":\"long\",\"doc\":\"A delete covers what was observed until then\"},{\"name\":\"block\",\"type\":\"boolean\",\"default\":false,\"doc\":\"A delete with block also refuses everything seen later\"},{\"name\":\"source\",\"type\":{\"type\":\"record\",\"name\":\"Source\",\"namespace\":\"earshot\",\"doc\":\"Where an event came from.\",\"fields\":[{\"name\":\"connector\",\"type\":\"string\",\"doc\":\"The connector's id in the configuration\"},{\"name\":\"platform\",\"type\":\"string\"},{\"name\":\"instance\",\"type\":[\"null\",\"string\"],\"default\":null,\"doc\":\"Host, feed URL or file that it came from\"},{\"name\":\"latenessMs\",\"type\":\"long\",\"doc\":\"How long after publication this source usually shows a mention; later ones do not raise alerts\"}]}},{\"name\":\"reason\",\"type\":[\"null\",\"string\"],\"default\":null}]}",
  Heartbeat: "{\"type\":\"record\",\"name\":\"Heartbeat\",\"namespace\":\"earshot\",\"doc\":\"A connector has seen everything up to observedAt; a copy goes to every partition, so that no data is not taken for zero.\",\"fields\":[{\"name\":\"source\",\"type\":{\"type\":\"record\",\"name\":\"Source\",\"namespace\":\"earshot\",\"doc\":\"Where an event came from.\",\"fields\":[{\"name\":\"connector\",\"type\":\"string\",\"doc\":\"The connector's id in the configuration\"},{\"name\":\"platform\",\"type\":\"string\"},{\"name\":\"instance\",\"type\":[\"null\",\"string\"],\"default\":null,\"doc\":\"Host, feed URL or file that it came from\"},{\"name\":\"latenessMs\",\"type\":\"long\",\"doc\":\"How long after publication this source usually shows a mention; later ones do not raise alerts\"}]}},{\"name\":\"observedAt\",\"type\":\"long\"},{\"name\":\"exhausted\",\"type\":\"boolean\",\"default\":false,\"doc\":\"The source has ended: nobody need wait for it any more\"}]}",
  EnrichedEvent: "{\"type\":\"record\",\"name\":\"EnrichedEvent\",\"namespace\":\"earshot\",\"doc\":\"Value on mentions.enriched.v1: an operation with everything the index needs, so that it joins nothing.\",\"fields\":[{\"name\":\"id\",\"type\":\"string\"},{\"name\":\"op\",\"type\":{\"type\":\"enum\",\"name\":\"Op\",\"symbols\":[\"unknown\",\"create\",\"update\",\"hide\",\"restore\",\"delete\"],\"default\":\"unknown\",\"namespace\":\"earshot\"}},{\"name\":\"rev\",\"type\":\"long\"},{\"name\":\"generation\",\"type\":\"long\",\"doc\":\"Number of the activated models, lists, profiles and code\"},{\"name\":\"observedAt\",\"type\":\"long\"},{\"name\":\"ingestedAt\",\"type\":[\"null\",\"long\"],\"default\":null},{\"name\":\"source\",\"type\":{\"type\":\"record\",\"name\":\"Source\",\"namespace\":\"earshot\",\"doc\":\"Where an event came from.\",\"fields\":[{\"name\":\"connector\",\"type\":\"string\",\"doc\":\"The connector's id in the configuration\"},{\"name\":\"platform\",\"type\":\"string\"},{\"name\":\"instance\",\"type\":[\"null\",\"string\"],\"default\":null,\"doc\":\"Host, feed URL or file that it came from\"},{\"name\":\"latenessMs\",\"type\":\"long\",\"doc\":\"How long after publication this source usually shows a mention; later ones do not raise alerts\"}]}},{\"name\":\"reason\",\"type\":[\"null\",\"string\"],\"default\":null},{\"name\":\"mention\",\"type\":[\"null\",{\"type\":\"record\",\"name\":\"Mention\",\"namespace\":\"earshot\",\"doc\":\"What a person published about a brand, in one shape for every platform. Unknown is null, never an empty string; times are milliseconds since 1970, UTC.\",\"fields\":[{\"name\":\"platform\",\"type\":\"string\",\"doc\":\"bluesky, hackernews, feed, file or the platform an import names\"},{\"name\":\"kind\",\"type\":{\"type\":\"enum\",\"name\":\"Kind\",\"symbols\":[\"unknown\",\"post\",\"comment\",\"quote\",\"repost\",\"article\",\"video\",\"review\",\"question\",\"issue\",\"other\"],\"default\":\"unknown\",\"namespace\":\"earshot\"}},{\"name\":\"canonicalId\",\"type\":[\"null\",\"string\"],\"default\":null,\"doc\":\"An id that copies of this post on other hosts share\"},{\"name\":\"url\",\"type\":[\"null\",\"string\"],\"default\":null},{\"name\":\"title\",\"type\":[\"null\",\"string\"],\"default\":null},{\"name\":\"text\",\"type\":[\"null\",\"string\"],\"default\":null,\"doc\":\"Plain text, no markup\"},{\"name\":\"context\",\"type\":{\"type\":\"array\",\"items\":\"string\"},\"default\":[],\"doc\":\"Searchable side text: alt texts, card titles, quoted text\"},{\"name\":\"lang\",\"type\":{\"type\":\"record\",\"name\":\"Lang\",\"namespace\":\"earshot\",\"fields\":[{\"name\":\"declared\",\"type\":[\"null\",\"string\"],\"default\":null,\"doc\":\"BCP-47, as the platform or author says\"},{\"name\":\"detected\",\"type\":[\"null\",\"string\"],\"default\":null,\"doc\":\"ISO 639-1, by our detector; null before enrichment or when unsure\"},{\"name\":\"confidence\",\"type\":[\"null\",\"double\"],\"default\":null,\"doc\":\"0..1\"}]}},{\"name\":\"publishedAt\",\"type\":\"long\",\"doc\":\"The author's time, clamped once at ingest to observedAt + 1 h\"},{\"name\":\"publishedAtEstimated\",\"type\":\"boolean\",\"default\":false},{\"name\":\"editedAt\",\"type\":[\"null\",\"long\"],\"default\":null},{\"name\":\"author\",\"type\":[\"null\",{\"type\":\"record\",\"name\":\"Author\",\"namespace\":\"earshot\",\"fields\":[{\"name\":\"id\",\"type\":[\"null\",\"string\"],\"default\":null,\"doc\":\"The platform's stable id\"},{\"name\":\"handle\",\"type\":[\"null\",\"string\"],\"default\":null},{\"name\":\"name\",\"type\":[\"null\",\"string\"],\"default\":null},{\"name\":\"url\",\"type\":[\"null\",\"string\"],\"default\":null},{\"name\":\"kind\",\"type\":{\"type\":\"enum\",\"name\":\"AuthorKind\",\"symbols\":[\"unknown\",\"person\",\"org\",\"bot\"],\"default\":\"unknown\",\"namespace\":\"earshot\"}},{\"name\":\"followers\",\"type\":[\"null\",\"long\"],\"default\":null},{\"name\":\"following\",\"type\":[\"null\",\"long\"],\"default\":null},{\"name\":\"posts\",\"type\":[\"null\",\"long\"],\"default\":null},{\"name\":\"verified\",\"type\":[\"null\",\"boolean\"],\"default\":null},{\"name\":\"createdAt\",\"type\":[\"null\",\"long\"],\"default\":null},{\"name\":\"reputation\",\"type\":[\"null\",\"double\"],\"default\":null},{\"name\":\"bio\",\"type\":[\"null\",\"string\"],\"default\":null}]}],\"default\":null},{\"name\":\"container\",\"type\":[\"null\",{\"type\":\"record\",\"name\":\"Container\",\"namespace\":\"earshot\",\"fields\":[{\"name\":\"type\",\"type\":\"string\",\"doc\":\"site, subreddit, instance, channel, repository\"},{\"name\":\"id\",\"type\":[\"null\",\"string\"],\"default\":null},{\"name\":\"name\",\"type\":[\"null\",\"string\"],\"default\":null},{\"name\":\"url\",\"type\":[\"null\",\"string\"],\"default\":null},{\"name\":\"members\",\"type\":[\"null\",\"long\"],\"default\":null}]}],\"default\":null},{\"name\":\"thread\",\"type\":[\"null\",{\"type\":\"record\",\"name\":\"Thread\",\"namespace\":\"earshot\",\"fields\":[{\"name\":\"rootId\",\"type\":[\"null\",\"string\"],\"default\":null},{\"name\":\"parentId\",\"type\":[\"null\",\"string\"],\"default\":null},{\"name\":\"quoteOfId\",\"type\":[\"null\",\"string\"],\"default\":null}]}],\"default\":null,\"doc\":\"Mention ids\"},{\"name\":\"engagement\",\"type\":[\"null\",{\"type\":\"record\",\"name\":\"Engagement\",\"namespace\":\"earshot\",\"fields\":[{\"name\":\"likes\",\"type\":[\"null\",\"long\"],\"default\":null},{\"name\":\"replies\",\"type\":[\"null\",\"long\"],\"default\":null},{\"name\":\"shares\",\"type\":[\"null\",\"long\"],\"default\":null},{\"name\":\"quotes\",\"type\":[\"null\",\"long\"],\"default\":null},{\"name\":\"views\",\"type\":[\"null\",\"long\"],\"default\":null},{\"name\":\"score\",\"type\":[\"null\",\"long\"],\"default\":null},{\"name\":\"measuredAt\",\"type\":[\"null\",\"long\"],\"default\":null}]}],\"default\":null},{\"name\":\"rating\",\"type\":[\"null\",{\"type\":\"record\",\"name\":\"Rating\",\"namespace\":\"earshot\",\"fields\":[{\"name\":\"value\",\"type\":\"double\"},{\"name\":\"min\",\"type\":\"double\"},{\"name\":\"max\",\"type\":\"double\"}]}],\"default\":null},{\"name\":\"links\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"Link\",\"namespace\":\"earshot\",\"fields\":[{\"name\":\"url\",\"type\":\"string\"},{\"name\":\"canonical\",\"type\":[\"null\",\"string\"],\"default\":null,\"doc\":\"Unwrapped from redirects, tracking parameters removed\"},{\"name\":\"title\",\"type\":[\"null\",\"string\"],\"default\":null}]}},\"default\":[]},{\"name\":\"hashtags\",\"type\":{\"type\":\"array\",\"items\":\"string\"},\"default\":[],\"doc\":\"Without #\"},{\"name\":\"mentions\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"MentionedAccount\",\"namespace\":\"earshot\",\"fields\":[{\"name\":\"id\",\"type\":[\"null\",\"string\"],\"default\":null},{\"name\":\"handle\",\"type\":[\"null\",\"string\"],\"default\":null}]}},\"default\":[]},{\"name\":\"media\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"Media\",\"namespace\":\"earshot\",\"fields\":[{\"name\":\"type\",\"type\":\"string\",\"doc\":\"image, video, audio or other\"},{\"name\":\"url\",\"type\":[\"null\",\"string\"],\"default\":null},{\"name\":\"alt\",\"type\":[\"null\",\"string\"],\"default\":null}]}},\"default\":[],\"doc\":\"Never downloaded\"},{\"name\":\"geo\",\"type\":[\"null\",{\"type\":\"record\",\"name\":\"Geo\",\"namespace\":\"earshot\",\"fields\":[{\"name\":\"country\",\"type\":[\"null\",\"string\"],\"default\":null},{\"name\":\"region\",\"type\":[\"null\",\"string\"],\"default\":null},{\"name\":\"city\",\"type\":[\"null\",\"string\"],\"default\":null}]}],\"default\":null},{\"name\":\"flags\",\"type\":{\"type\":\"record\",\"name\":\"Flags\",\"namespace\":\"earshot\",\"fields\":[{\"name\":\"sensitive\",\"type\":\"boolean\",\"default\":false},{\"name\":\"contentWarnings\",\"type\":{\"type\":\"array\",\"items\":\"string\"},\"default\":[]},{\"name\":\"bot\",\"type\":[\"null\",\"boolean\"],\"default\":null}]}},{\"name\":\"imported\",\"type\":[\"null\",{\"type\":\"record\",\"name\":\"Imported\",\"namespace\":\"earshot\",\"fields\":[{\"name\":\"tool\",\"type\":[\"null\",\"string\"],\"default\":null},{\"name\":\"sentiment\",\"type\":[\"null\",\"string\"],\"default\":null},{\"name\":\"extra\",\"type\":{\"type\":\"map\",\"values\":\"string\"},\"default\":{}}]}],\"default\":null,\"doc\":\"What another tool judged, kept apart from our own scores\"}]}],\"default\":null},{\"name\":\"annotations\",\"type\":[\"null\",{\"type\":\"record\",\"name\":\"Annotations\",\"namespace\":\"earshot\",\"doc\":\"What the enrichers say about a mention, each score with its reasons, model and version. A score that was not given is null, and notScored says why.\",\"fields\":[{\"name\":\"brands\",\"type\":{\"type\":\"array\",\"items\":\"string\"},\"default\":[],\"doc\":\"Ids of the brands whose query matches\"},{\"name\":\"sentiment\",\"type\":[\"null\",{\"type\":\"record\",\"name\":\"Sentiment\",\"namespace\":\"earshot\",\"fields\":[{\"name\":\"label\",\"type\":{\"type\":\"enum\",\"name\":\"Tone\",\"symbols\":[\"unknown\",\"negative\",\"neutral\",\"positive\"],\"default\":\"unknown\",\"namespace\":\"earshot\"}},{\"name\":\"negative\",\"type\":\"double\",\"doc\":\"Calibrated probability; the three add up to 1\"},{\"name\":\"neutral\",\"type\":\"double\"},{\"name\":\"positive\",\"type\":\"double\"},{\"name\":\"uncertain\",\"type\":\"boolean\",\"doc\":\"The product would not act on this label\"},{\"name\":\"explain\",\"type\":{\"type\":\"record\",\"name\":\"Explanation\",\"namespace\":\"earshot\",\"fields\":[{\"name\":\"margin\",\"type\":\"double\",\"doc\":\"Raw score of the label minus that of the runner-up = bias + rest + sum of weights\"},{\"name\":\"bias\",\"type\":\"double\"},{\"name\":\"rest\",\"type\":\"double\",\"doc\":\"What is not shown in parts\"},{\"name\":\"parts\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"Part\",\"namespace\":\"earshot\",\"fields\":[{\"name\":\"start\",\"type\":\"int\",\"doc\":\"UTF-16 offset into title, newline, text (mentionText)\"},{\"name\":\"end\",\"type\":\"int\"},{\"name\":\"weight\",\"type\":\"double\"}]}}}]}},{\"name\":\"model\",\"type\":\"string\",\"doc\":\"name/version\"}]}],\"default\":null},{\"name\":\"entities\",\"type\":[\"null\",{\"type\":\"record\",\"name\":\"Entities\",\"namespace\":\"earshot\",\"fields\":[{\"name\":\"items\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"Entity\",\"namespace\":\"earshot\",\"fields\":[{\"name\":\"type\",\"type\":{\"type\":\"enum\",\"name\":\"EntityType\",\"symbols\":[\"unknown\",\"brand\",\"person\",\"place\",\"organisation\",\"product\",\"work\",\"other\"],\"default\":\"unknown\",\"namespace\":\"earshot\"}},{\"name\":\"start\",\"type\":\"int\"},{\"name\":\"end\",\"type\":\"int\"},{\"name\":\"text\",\"type\":\"string\"},{\"name\":\"id\",\"type\":[\"null\",\"string\"],\"default\":null,\"doc\":\"Brand id, when it comes from a profile\"},{\"name\":\"confidence\",\"type\":[\"null\",\"double\"],\"default\":null,\"doc\":\"null for a match with a profile\"},{\"name\":\"reason\",\"type\":\"string\",\"doc\":\"What made us say so, in words\"}]}}},{\"name\":\"model\",\"type\":\"string\"}]}],\"default\":null},{\"name\":\"fit\",\"type\":[\"null\",{\"type\":\"record\",\"name\":\"Fit\",\"namespace\":\"earshot\",\"fields\":[{\"name\":\"value\",\"type\":[\"null\",\"double\"],\"default\":null,\"doc\":\"0..1; null when the payload holds too little to say\"},{\"name\":\"components\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"Component\",\"namespace\":\"earshot\",\"fields\":[{\"name\":\"name\",\"type\":\"string\",\"doc\":\"relevance, resonance, reach, authenticity, ...\"},{\"name\":\"value\",\"type\":[\"null\",\"double\"],\"default\":null,\"doc\":\"0..1, null is unknown\"},{\"name\":\"weight\",\"type\":\"double\"},{\"name\":\"evidence\",\"type\":\"string\"}]}}},{\"name\":\"model\",\"type\":\"string\"}]}],\"default\":null},{\"name\":\"misinformation\",\"type\":[\"null\",{\"type\":\"record\",\"name\":\"Misinformation\",\"namespace\":\"earshot\",\"fields\":[{\"name\":\"state\",\"type\":{\"type\":\"enum\",\"name\":\"EvidenceState\",\"symbols\":[\"unknown\",\"nothing_to_check\",\"low\",\"raised\",\"high\"],\"default\":\"unknown\",\"namespace\":\"earshot\"}},{\"name\":\"risk\",\"type\":[\"null\",\"double\"],\"default\":null,\"doc\":\"0..1, the risk of needing a check; null when unknown or nothing to check\"},{\"name\":\"priority\",\"type\":\"double\",\"default\":0,\"doc\":\"0..1, how harmful it would be; does not enter the risk\"},{\"name\":\"reasons\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"Reason\",\"namespace\":\"earshot\",\"fields\":[{\"name\":\"signal\",\"type\":\"string\"},{\"name\":\"logOdds\",\"type\":\"double\"},{\"name\":\"cap\",\"type\":\"double\",\"doc\":\"The most this signal may add or take\"},{\"name\":\"evidence\",\"type\":\"string\"}]}}},{\"name\":\"model\",\"type\":\"string\"}]}],\"default\":null},{\"name\":\"languageModel\",\"type\":[\"null\",\"string\"],\"default\":null},{\"name\":\"notScored\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"NotScored\",\"namespace\":\"earshot\",\"fields\":[{\"name\":\"score\",\"type\":\"string\"},{\"name\":\"reason\",\"type\":\"string\"}]}},\"default\":[]},{\"name\":\"brandSense\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"BrandSense\",\"doc\":\"Whether an ambiguous name means the brand, for each brand that is declared ambiguous and whose query matches\",\"namespace\":\"earshot\",\"fields\":[{\"name\":\"brand\",\"type\":\"string\",\"doc\":\"Id of the brand; it stands in brands too, unless the state is other\"},{\"name\":\"state\",\"type\":{\"type\":\"enum\",\"name\":\"SenseState\",\"symbols\":[\"unknown\",\"brand\",\"other\",\"unsure\"],\"default\":\"unknown\",\"namespace\":\"earshot\"}},{\"name\":\"probability\",\"type\":\"double\",\"doc\":\"Calibrated, that the brand is meant\"},{\"name\":\"margin\",\"type\":\"double\",\"doc\":\"Log-odds before calibration, above 0 for the brand = bias + sum of weights\"},{\"name\":\"bias\",\"type\":\"double\"},{\"name\":\"parts\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"SensePart\",\"namespace\":\"earshot\",\"fields\":[{\"name\":\"start\",\"type\":\"int\",\"doc\":\"UTF-16 offset into title, newline, text (mentionText)\"},{\"name\":\"end\",\"type\":\"int\"},{\"name\":\"weight\",\"type\":\"double\"},{\"name\":\"reason\",\"type\":\"string\",\"doc\":\"What was seen there, in words\"}]}}},{\"name\":\"model\",\"type\":\"string\",\"doc\":\"name/version\"}]}},\"default\":[]}]}],\"default\":null},{\"name\":\"tokens\",\"type\":[\"null\",\"string\"],\"default\":null,\"doc\":\"Our tokens, blank-separated, one token one position\"},{\"name\":\"raw\",\"type\":[\"null\",{\"type\":\"record\",\"name\":\"RawPointer\",\"namespace\":\"earshot\",\"fields\":[{\"name\":\"topic\",\"type\":\"string\"},{\"name\":\"partition\",\"type\":\"int\"},{\"name\":\"offset\",\"type\":\"long\"},{\"name\":\"sha256\",\"type\":\"string\",\"doc\":\"Of the payload\"}]}],\"default\":null}]}",
  DeadLetter: "{\"type\":\"record\",\"name\":\"DeadLetter\",\"namespace\":\"earshot\",\"doc\":\"Value on mentions.dead.v1: bytes that could not be handled, with the reason, kept for a retry.\",\"fields\":[{\"name\":\"stage\",\"type\":\"string\",\"doc\":\"Connector id, enrich or index\"},{\"name\":\"code\",\"type\":\"string\"},{\"name\":\"message\",\"type\":\"string\"},{\"name\":\"at\",\"type\":\"long\"},{\"name\":\"source\",\"type\":[\"null\",{\"type\":\"record\",\"name\":\"Source\",\"namespace\":\"earshot\",\"doc\":\"Where an event came from.\",\"fields\":[{\"name\":\"connector\",\"type\":\"string\",\"doc\":\"The connector's id in the configuration\"},{\"name\":\"platform\",\"type\":\"string\"},{\"name\":\"instance\",\"type\":[\"null\",\"string\"],\"default\":null,\"doc\":\"Host, feed URL or file that it came from\"},{\"name\":\"latenessMs\",\"type\":\"long\",\"doc\":\"How long after publication this source usually shows a mention; later ones do not raise alerts\"}]}],\"default\":null},{\"name\":\"contentType\",\"type\":[\"null\",\"string\"],\"default\":null},{\"name\":\"topic\",\"type\":[\"null\",\"string\"],\"default\":null,\"doc\":\"Where the record stood; null when it never reached the log\"},{\"name\":\"partition\",\"type\":[\"null\",\"int\"],\"default\":null},{\"name\":\"offset\",\"type\":[\"null\",\"long\"],\"default\":null},{\"name\":\"key\",\"type\":[\"null\",\"string\"],\"default\":null},{\"name\":\"headers\",\"type\":{\"type\":\"map\",\"values\":\"string\"},\"default\":{}},{\"name\":\"bytes\",\"type\":\"bytes\"}]}",
  Alert: "{\"type\":\"record\",\"name\":\"Alert\",\"namespace\":\"earshot\",\"doc\":\"Value on alerts.v1: a rule opened or resolved an event.\",\"fields\":[{\"name\":\"id\",\"type\":\"string\",\"doc\":\"Rule and opening bucket; the same for all versions of one event\"},{\"name\":\"version\",\"type\":\"int\",\"doc\":\"Counts the messages about this event from 1\"},{\"name\":\"state\",\"type\":{\"type\":\"enum\",\"name\":\"AlertState\",\"symbols\":[\"unknown\",\"open\",\"resolved\"],\"default\":\"unknown\",\"namespace\":\"earshot\"}},{\"name\":\"rule\",\"type\":\"string\"},{\"name\":\"brand\",\"type\":\"string\"},{\"name\":\"at\",\"type\":\"long\",\"doc\":\"End of the bucket that changed the state\"},{\"name\":\"openedAt\",\"type\":\"long\"},{\"name\":\"severity\",\"type\":\"int\",\"doc\":\"1..10\"},{\"name\":\"summary\",\"type\":\"string\"},{\"name\":\"facts\",\"type\":{\"type\":\"record\",\"name\":\"AlertFacts\",\"namespace\":\"earshot\",\"fields\":[{\"name\":\"observedShare\",\"type\":\"double\"},{\"name\":\"expectedShare\",\"type\":\"double\"},{\"name\":\"mentions\",\"type\":\"long\"},{\"name\":\"windowMs\",\"type\":\"long\"},{\"name\":\"terms\",\"type\":{\"type\":\"array\",\"items\":\"string\"}},{\"name\":\"sources\",\"type\":{\"type\":\"array\",\"items\":\"string\"}},{\"name\":\"authors\",\"type\":\"long\"},{\"name\":\"samples\",\"type\":{\"type\":\"array\",\"items\":\"string\"},\"doc\":\"Mention ids\"}]}}]}",
}

/** Those that came before, oldest first. */
export const olderSchemas: Readonly<Record<keyof WireRecords, readonly string[]>> = {
  MentionEvent: [],
  AuthorEvent: [],
  Heartbeat: [],
  EnrichedEvent: ["{\"type\":\"record\",\"name\":\"EnrichedEvent\",\"namespace\":\"earshot\",\"doc\":\"Value on mentions.enriched.v1: an operation with everything the index needs, so that it joins nothing.\",\"fields\":[{\"name\":\"id\",\"type\":\"string\"},{\"name\":\"op\",\"type\":{\"type\":\"enum\",\"name\":\"Op\",\"symbols\":[\"unknown\",\"create\",\"update\",\"hide\",\"restore\",\"delete\"],\"default\":\"unknown\",\"namespace\":\"earshot\"}},{\"name\":\"rev\",\"type\":\"long\"},{\"name\":\"generation\",\"type\":\"long\",\"doc\":\"Number of the activated models, lists, profiles and code\"},{\"name\":\"observedAt\",\"type\":\"long\"},{\"name\":\"ingestedAt\",\"type\":[\"null\",\"long\"],\"default\":null},{\"name\":\"source\",\"type\":{\"type\":\"record\",\"name\":\"Source\",\"namespace\":\"earshot\",\"doc\":\"Where an event came from.\",\"fields\":[{\"name\":\"connector\",\"type\":\"string\",\"doc\":\"The connector's id in the configuration\"},{\"name\":\"platform\",\"type\":\"string\"},{\"name\":\"instance\",\"type\":[\"null\",\"string\"],\"default\":null,\"doc\":\"Host, feed URL or file that it came from\"},{\"name\":\"latenessMs\",\"type\":\"long\",\"doc\":\"How long after publication this source usually shows a mention; later ones do not raise alerts\"}]}},{\"name\":\"reason\",\"type\":[\"null\",\"string\"],\"default\":null},{\"name\":\"mention\",\"type\":[\"null\",{\"type\":\"record\",\"name\":\"Mention\",\"namespace\":\"earshot\",\"doc\":\"What a person published about a brand, in one shape for every platform. Unknown is null, never an empty string; times are milliseconds since 1970, UTC.\",\"fields\":[{\"name\":\"platform\",\"type\":\"string\",\"doc\":\"bluesky, hackernews, feed, file or the platform an import names\"},{\"name\":\"kind\",\"type\":{\"type\":\"enum\",\"name\":\"Kind\",\"symbols\":[\"unknown\",\"post\",\"comment\",\"quote\",\"repost\",\"article\",\"video\",\"review\",\"question\",\"issue\",\"other\"],\"default\":\"unknown\",\"namespace\":\"earshot\"}},{\"name\":\"canonicalId\",\"type\":[\"null\",\"string\"],\"default\":null,\"doc\":\"An id that copies of this post on other hosts share\"},{\"name\":\"url\",\"type\":[\"null\",\"string\"],\"default\":null},{\"name\":\"title\",\"type\":[\"null\",\"string\"],\"default\":null},{\"name\":\"text\",\"type\":[\"null\",\"string\"],\"default\":null,\"doc\":\"Plain text, no markup\"},{\"name\":\"context\",\"type\":{\"type\":\"array\",\"items\":\"string\"},\"default\":[],\"doc\":\"Searchable side text: alt texts, card titles, quoted text\"},{\"name\":\"lang\",\"type\":{\"type\":\"record\",\"name\":\"Lang\",\"namespace\":\"earshot\",\"fields\":[{\"name\":\"declared\",\"type\":[\"null\",\"string\"],\"default\":null,\"doc\":\"BCP-47, as the platform or author says\"},{\"name\":\"detected\",\"type\":[\"null\",\"string\"],\"default\":null,\"doc\":\"ISO 639-1, by our detector; null before enrichment or when unsure\"},{\"name\":\"confidence\",\"type\":[\"null\",\"double\"],\"default\":null,\"doc\":\"0..1\"}]}},{\"name\":\"publishedAt\",\"type\":\"long\",\"doc\":\"The author's time, clamped once at ingest to observedAt + 1 h\"},{\"name\":\"publishedAtEstimated\",\"type\":\"boolean\",\"default\":false},{\"name\":\"editedAt\",\"type\":[\"null\",\"long\"],\"default\":null},{\"name\":\"author\",\"type\":[\"null\",{\"type\":\"record\",\"name\":\"Author\",\"namespace\":\"earshot\",\"fields\":[{\"name\":\"id\",\"type\":[\"null\",\"string\"],\"default\":null,\"doc\":\"The platform's stable id\"},{\"name\":\"handle\",\"type\":[\"null\",\"string\"],\"default\":null},{\"name\":\"name\",\"type\":[\"null\",\"string\"],\"default\":null},{\"name\":\"url\",\"type\":[\"null\",\"string\"],\"default\":null},{\"name\":\"kind\",\"type\":{\"type\":\"enum\",\"name\":\"AuthorKind\",\"symbols\":[\"unknown\",\"person\",\"org\",\"bot\"],\"default\":\"unknown\",\"namespace\":\"earshot\"}},{\"name\":\"followers\",\"type\":[\"null\",\"long\"],\"default\":null},{\"name\":\"following\",\"type\":[\"null\",\"long\"],\"default\":null},{\"name\":\"posts\",\"type\":[\"null\",\"long\"],\"default\":null},{\"name\":\"verified\",\"type\":[\"null\",\"boolean\"],\"default\":null},{\"name\":\"createdAt\",\"type\":[\"null\",\"long\"],\"default\":null},{\"name\":\"reputation\",\"type\":[\"null\",\"double\"],\"default\":null},{\"name\":\"bio\",\"type\":[\"null\",\"string\"],\"default\":null}]}],\"default\":null},{\"name\":\"container\",\"type\":[\"null\",{\"type\":\"record\",\"name\":\"Container\",\"namespace\":\"earshot\",\"fields\":[{\"name\":\"type\",\"type\":\"string\",\"doc\":\"site, subreddit, instance, channel, repository\"},{\"name\":\"id\",\"type\":[\"null\",\"string\"],\"default\":null},{\"name\":\"name\",\"type\":[\"null\",\"string\"],\"default\":null},{\"name\":\"url\",\"type\":[\"null\",\"string\"],\"default\":null},{\"name\":\"members\",\"type\":[\"null\",\"long\"],\"default\":null}]}],\"default\":null},{\"name\":\"thread\",\"type\":[\"null\",{\"type\":\"record\",\"name\":\"Thread\",\"namespace\":\"earshot\",\"fields\":[{\"name\":\"rootId\",\"type\":[\"null\",\"string\"],\"default\":null},{\"name\":\"parentId\",\"type\":[\"null\",\"string\"],\"default\":null},{\"name\":\"quoteOfId\",\"type\":[\"null\",\"string\"],\"default\":null}]}],\"default\":null,\"doc\":\"Mention ids\"},{\"name\":\"engagement\",\"type\":[\"null\",{\"type\":\"record\",\"name\":\"Engagement\",\"namespace\":\"earshot\",\"fields\":[{\"name\":\"likes\",\"type\":[\"null\",\"long\"],\"default\":null},{\"name\":\"replies\",\"type\":[\"null\",\"long\"],\"default\":null},{\"name\":\"shares\",\"type\":[\"null\",\"long\"],\"default\":null},{\"name\":\"quotes\",\"type\":[\"null\",\"long\"],\"default\":null},{\"name\":\"views\",\"type\":[\"null\",\"long\"],\"default\":null},{\"name\":\"score\",\"type\":[\"null\",\"long\"],\"default\":null},{\"name\":\"measuredAt\",\"type\":[\"null\",\"long\"],\"default\":null}]}],\"default\":null},{\"name\":\"rating\",\"type\":[\"null\",{\"type\":\"record\",\"name\":\"Rating\",\"namespace\":\"earshot\",\"fields\":[{\"name\":\"value\",\"type\":\"double\"},{\"name\":\"min\",\"type\":\"double\"},{\"name\":\"max\",\"type\":\"double\"}]}],\"default\":null},{\"name\":\"links\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"Link\",\"namespace\":\"earshot\",\"fields\":[{\"name\":\"url\",\"type\":\"string\"},{\"name\":\"canonical\",\"type\":[\"null\",\"string\"],\"default\":null,\"doc\":\"Unwrapped from redirects, tracking parameters removed\"},{\"name\":\"title\",\"type\":[\"null\",\"string\"],\"default\":null}]}},\"default\":[]},{\"name\":\"hashtags\",\"type\":{\"type\":\"array\",\"items\":\"string\"},\"default\":[],\"doc\":\"Without #\"},{\"name\":\"mentions\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"MentionedAccount\",\"namespace\":\"earshot\",\"fields\":[{\"name\":\"id\",\"type\":[\"null\",\"string\"],\"default\":null},{\"name\":\"handle\",\"type\":[\"null\",\"string\"],\"default\":null}]}},\"default\":[]},{\"name\":\"media\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"Media\",\"namespace\":\"earshot\",\"fields\":[{\"name\":\"type\",\"type\":\"string\",\"doc\":\"image, video, audio or other\"},{\"name\":\"url\",\"type\":[\"null\",\"string\"],\"default\":null},{\"name\":\"alt\",\"type\":[\"null\",\"string\"],\"default\":null}]}},\"default\":[],\"doc\":\"Never downloaded\"},{\"name\":\"geo\",\"type\":[\"null\",{\"type\":\"record\",\"name\":\"Geo\",\"namespace\":\"earshot\",\"fields\":[{\"name\":\"country\",\"type\":[\"null\",\"string\"],\"default\":null},{\"name\":\"region\",\"type\":[\"null\",\"string\"],\"default\":null},{\"name\":\"city\",\"type\":[\"null\",\"string\"],\"default\":null}]}],\"default\":null},{\"name\":\"flags\",\"type\":{\"type\":\"record\",\"name\":\"Flags\",\"namespace\":\"earshot\",\"fields\":[{\"name\":\"sensitive\",\"type\":\"boolean\",\"default\":false},{\"name\":\"contentWarnings\",\"type\":{\"type\":\"array\",\"items\":\"string\"},\"default\":[]},{\"name\":\"bot\",\"type\":[\"null\",\"boolean\"],\"default\":null}]}},{\"name\":\"imported\",\"type\":[\"null\",{\"type\":\"record\",\"name\":\"Imported\",\"namespace\":\"earshot\",\"fields\":[{\"name\":\"tool\",\"type\":[\"null\",\"string\"],\"default\":null},{\"name\":\"sentiment\",\"type\":[\"null\",\"string\"],\"default\":null},{\"name\":\"extra\",\"type\":{\"type\":\"map\",\"values\":\"string\"},\"default\":{}}]}],\"default\":null,\"doc\":\"What another tool judged, kept apart from our own scores\"}]}],\"default\":null},{\"name\":\"annotations\",\"type\":[\"null\",{\"type\":\"record\",\"name\":\"Annotations\",\"namespace\":\"earshot\",\"doc\":\"What the enrichers say about a mention, each score with its reasons, model and version. A score that was not given is null, and notScored says why.\",\"fields\":[{\"name\":\"brands\",\"type\":{\"type\":\"array\",\"items\":\"string\"},\"default\":[],\"doc\":\"Ids of the brands whose query matches\"},{\"name\":\"sentiment\",\"type\":[\"null\",{\"type\":\"record\",\"name\":\"Sentiment\",\"namespace\":\"earshot\",\"fields\":[{\"name\":\"label\",\"type\":{\"type\":\"enum\",\"name\":\"Tone\",\"symbols\":[\"unknown\",\"negative\",\"neutral\",\"positive\"],\"default\":\"unknown\",\"namespace\":\"earshot\"}},{\"name\":\"negative\",\"type\":\"double\",\"doc\":\"Calibrated probability; the three add up to 1\"},{\"name\":\"neutral\",\"type\":\"double\"},{\"name\":\"positive\",\"type\":\"double\"},{\"name\":\"uncertain\",\"type\":\"boolean\",\"doc\":\"The product would not act on this label\"},{\"name\":\"explain\",\"type\":{\"type\":\"record\",\"name\":\"Explanation\",\"namespace\":\"earshot\",\"fields\":[{\"name\":\"margin\",\"type\":\"double\",\"doc\":\"Raw score of the label minus that of the runner-up = bias + rest + sum of weights\"},{\"name\":\"bias\",\"type\":\"double\"},{\"name\":\"rest\",\"type\":\"double\",\"doc\":\"What is not shown in parts\"},{\"name\":\"parts\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"Part\",\"namespace\":\"earshot\",\"fields\":[{\"name\":\"start\",\"type\":\"int\",\"doc\":\"UTF-16 offset into title, newline, text (mentionText)\"},{\"name\":\"end\",\"type\":\"int\"},{\"name\":\"weight\",\"type\":\"double\"}]}}}]}},{\"name\":\"model\",\"type\":\"string\",\"doc\":\"name/version\"}]}],\"default\":null},{\"name\":\"entities\",\"type\":[\"null\",{\"type\":\"record\",\"name\":\"Entities\",\"namespace\":\"earshot\",\"fields\":[{\"name\":\"items\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"Entity\",\"namespace\":\"earshot\",\"fields\":[{\"name\":\"type\",\"type\":{\"type\":\"enum\",\"name\":\"EntityType\",\"symbols\":[\"unknown\",\"brand\",\"person\",\"place\",\"organisation\",\"product\",\"work\",\"other\"],\"default\":\"unknown\",\"namespace\":\"earshot\"}},{\"name\":\"start\",\"type\":\"int\"},{\"name\":\"end\",\"type\":\"int\"},{\"name\":\"text\",\"type\":\"string\"},{\"name\":\"id\",\"type\":[\"null\",\"string\"],\"default\":null,\"doc\":\"Brand id, when it comes from a profile\"},{\"name\":\"confidence\",\"type\":[\"null\",\"double\"],\"default\":null,\"doc\":\"null for a match with a profile\"},{\"name\":\"reason\",\"type\":\"string\",\"doc\":\"What made us say so, in words\"}]}}},{\"name\":\"model\",\"type\":\"string\"}]}],\"default\":null},{\"name\":\"fit\",\"type\":[\"null\",{\"type\":\"record\",\"name\":\"Fit\",\"namespace\":\"earshot\",\"fields\":[{\"name\":\"value\",\"type\":[\"null\",\"double\"],\"default\":null,\"doc\":\"0..1; null when the payload holds too little to say\"},{\"name\":\"components\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"Component\",\"namespace\":\"earshot\",\"fields\":[{\"name\":\"name\",\"type\":\"string\",\"doc\":\"relevance, resonance, reach, authenticity, ...\"},{\"name\":\"value\",\"type\":[\"null\",\"double\"],\"default\":null,\"doc\":\"0..1, null is unknown\"},{\"name\":\"weight\",\"type\":\"double\"},{\"name\":\"evidence\",\"type\":\"string\"}]}}},{\"name\":\"model\",\"type\":\"string\"}]}],\"default\":null},{\"name\":\"misinformation\",\"type\":[\"null\",{\"type\":\"record\",\"name\":\"Misinformation\",\"namespace\":\"earshot\",\"fields\":[{\"name\":\"state\",\"type\":{\"type\":\"enum\",\"name\":\"EvidenceState\",\"symbols\":[\"unknown\",\"nothing_to_check\",\"low\",\"raised\",\"high\"],\"default\":\"unknown\",\"namespace\":\"earshot\"}},{\"name\":\"risk\",\"type\":[\"null\",\"double\"],\"default\":null,\"doc\":\"0..1, the risk of needing a check; null when unknown or nothing to check\"},{\"name\":\"priority\",\"type\":\"double\",\"default\":0,\"doc\":\"0..1, how harmful it would be; does not enter the risk\"},{\"name\":\"reasons\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"Reason\",\"namespace\":\"earshot\",\"fields\":[{\"name\":\"signal\",\"type\":\"string\"},{\"name\":\"logOdds\",\"type\":\"double\"},{\"name\":\"cap\",\"type\":\"double\",\"doc\":\"The most this signal may add or take\"},{\"name\":\"evidence\",\"type\":\"string\"}]}}},{\"name\":\"model\",\"type\":\"string\"}]}],\"default\":null},{\"name\":\"languageModel\",\"type\":[\"null\",\"string\"],\"default\":null},{\"name\":\"notScored\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"NotScored\",\"namespace\":\"earshot\",\"fields\":[{\"name\":\"score\",\"type\":\"string\"},{\"name\":\"reason\",\"type\":\"string\"}]}},\"default\":[]}]}],\"default\":null},{\"name\":\"tokens\",\"type\":[\"null\",\"string\"],\"default\":null,\"doc\":\"Our tokens, blank-separated, one token one position\"},{\"name\":\"raw\",\"type\":[\"null\",{\"type\":\"record\",\"name\":\"RawPointer\",\"namespace\":\"earshot\",\"fields\":[{\"name\":\"topic\",\"type\":\"string\"},{\"name\":\"partition\",\"type\":\"int\"},{\"name\":\"offset\",\"type\":\"long\"},{\"name\":\"sha256\",\"type\":\"string\",\"doc\":\"Of the payload\"}]}],\"default\":null}]}"],
  DeadLetter: [],
  Alert: [],
}
