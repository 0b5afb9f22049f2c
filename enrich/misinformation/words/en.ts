import type { CueWords } from '../cue.ts'

export const english: CueWords = {
  attribution:
    'says|said|according to|reports|reported|reporting|confirms|confirmed|announces|announced|claims|claimed|claiming|admits|admitted|reveals|revealed|states|stated|warns|warned|told|tells|shows|showed|shown|found|finds|study|studies|research|researchers|scientists|experts|data|survey|poll|official|officials|statistics|figures|report|evidence|proves|proved|proven|sources|spokesman|spokeswoman|government|minister|president|police|who says|cdc|fda',
  assertion:
    'is|are|was|were|has|have|had|will|causes|caused|cause|kills|killed|contains|contain|leads|led|makes|made|means|became|becomes|gets|got|works|doubled|increased|decreased|rose|fell|lost|won|paid|cost|costs|spent|spends|voted|passed|signed|approved|banned|died|dies|began|started|ended|created|developed|tested|received|given|gave|took|built|raised|cut|reduced|linked to|due to|because of|effective|safe',
  quantity:
    'percent|per cent|million|millions|billion|billions|trillion|thousand|thousands|hundreds|dozens|half|quarter|third|more than|less than|fewer than|at least|highest|lowest|largest|biggest|most|majority|first|only|every|average|number of|rate|times|doubled|tripled|higher|lower|dollars|dollar|euros|pounds|increase|decrease|total|nearly|almost|over',
  time: 'yesterday|today|last year|last month|last week|this year|this week|this month|years ago|months ago|since|january|february|april|june|july|august|september|october|november|december|monday|tuesday|wednesday|thursday|friday|saturday|sunday|century|decade|years|months|weeks|days',
  opinion:
    'i think|i thought|i feel|i guess|i hope|i believe|i love|i hate|i wish|i want|i like|i dont|i cant|i will|ill|im|ive|id|in my opinion|imo|imho|my|mine|should|shouldnt|must|need to|needs to|we need|lets|love|hate|hope|maybe|perhaps|probably|beautiful|amazing|awesome|terrible|disgusting|ridiculous|stupid|idiots|shame|feel|feels|wish',
  chat: 'lol|lmao|haha*|omg|wtf|thanks|thank you|thx|happy birthday|congrat*|good morning|good night|hello|hi|hey|follow me|join us|check out|sign up|watch this|welcome|wow|yay|cheers|bye|good luck|dm|giveaway|subscribe|tune in|register|stay safe|see you|read more|click|link in bio|listen|learn more',
  question:
    'is it true|is this true|is that true|anyone know|does anyone|do you|did you|are you|have you|what|why|how|who|when|where|which|wonder if|wondering|can anyone|any idea',
  denial:
    'false|fake news|hoax|debunk*|fact check|fact checked|fact checkers|factcheck|not true|untrue|no evidence|no proof|misleading|myth|myths|misinformation|disinformation|baseless|unfounded|fabricated|doctored|never happened|didnt happen|isnt true|wrong claim|false claim|false claims|rumor control|conspiracy theory|conspiracy theories|stop spreading|scam alert|satire not',
  satire: 'satire|satirical|parody|sarcasm|the onion|babylon bee|jk|just kidding|just a joke|april fools',
  hearsay:
    'i heard|heard that|they say|people are saying|people say|rumor has it|rumour has it|rumors|rumours|apparently|allegedly|supposedly|word is|a friend of mine|my friend works|a source told|sources say|unconfirmed|someone told me|insiders say|forwarded as received',
  miracle:
    'miracle|miracle cure|secret|secret remedy|they dont want you to know|what they dont tell you|doctors hate|cover up|coverup|exposed|shocking|bombshell|wake up|sheeple|plandemic|scamdemic|deep state|mainstream media|msm|hidden truth|the truth about|big pharma|cures all|100 natural|instant cure|guaranteed cure|banned video',
  share:
    'please share|share this|share before|pass it on|spread the word|make this viral|go viral|retweet this|please rt|rt this|everyone needs to see|tell everyone|forward this|copy and paste|before they delete|before its deleted|must watch|share widely|spread this',
  health:
    'vaccin*|virus*|covid*|corona*|pandemic*|cancer*|cure|cures|cured|doctor*|hospital*|disease*|medicine*|drug|drugs|pill|pills|poison*|toxic|infect*|autism|measles|ivermectin|hydroxychloroquine|masks|outbreak|recall|recalled|contaminat*|carcinogen*|asbestos|allergic|side effects',
  elections:
    'election*|ballot*|voter|voters|voting|vote|votes|voted|candidate*|polling station|polling place|campaign|referendum|rigged|electoral|dominion',
  disaster:
    'earthquake*|tsunami*|hurricane*|flood*|wildfire*|explosion*|exploded|evacuat*|tornado*|crash|crashed|nuclear|radiation|dam burst|eruption|landslide*|recalls after fire|caught fire',
  finance:
    'bank|banks|bankrupt*|insolven*|stocks|shares fell|invest*|bitcoin|crypto*|savings|pension*|collapse*|market crash|bank run|fraud|ponzi|withdraw*|layoffs|takeover|stock market',
  violence:
    'shooting|shooter|gunman|attack|attacked|terror*|bomb|bombs|bombing|murder*|kidnap*|massacre*|riot|riots|hostage*|killed|war crime*|child abuse|trafficking|stabbed|stabbing',
}
