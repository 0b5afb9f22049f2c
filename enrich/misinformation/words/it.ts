import type { CueWords } from '../cue.ts'

export const italian: CueWords = {
  attribution:
    'dice|dicono|ha detto|detto|secondo|riferisce|riferito|conferma|confermato|annuncia|annunciato|afferma|affermato|sostiene|sostengono|avverte|ammette|ammesso|rivela|rivelato|mostra|mostrano|dimostra|dimostrano|studio|studi|ricerca|ricercatori|scienziati|esperti|dati|sondaggio|rapporto|statistiche|fonte|fonti|portavoce|governo|ministro|ministra|presidente|polizia|oms|istat|prove|evidenze',
  assertion:
    'è|sono|era|erano|fu|ha|hanno|aveva|sarà|saranno|causa|causano|causato|uccide|uccidono|ucciso|contiene|contengono|provoca|provocano|provocato|significa|costa|costano|costato|salito|sceso|calato|perso|vinto|pagato|speso|votato|approvato|firmato|vietato|morto|morti|aumentato|diminuito|ricevuto|a causa di|grazie a|raddoppiato|stato|stati',
  quantity:
    'per cento|milione|milioni|miliardo|miliardi|mila|migliaia|centinaia|metà|terzo|quarto|più di|meno di|almeno|maggiore|minore|maggioranza|maggior parte|primo|prima|ogni|media|numero di|tasso|doppio|triplo|euro|dollari|quasi|circa|totale|record',
  time: 'ieri|oggi|anno scorso|settimana scorsa|mese scorso|questa settimana|gennaio|febbraio|marzo|aprile|maggio|giugno|luglio|agosto|settembre|ottobre|novembre|dicembre|lunedì|martedì|mercoledì|giovedì|venerdì|sabato|domenica|anni|mesi|settimane|giorni|secolo',
  opinion:
    'penso che|credo che|secondo me|a mio parere|mi sembra|mi piace|amo|adoro|odio|voglio|vorrei|spero|magari|mio|mia|miei|mie|io|dovrebbe|dovrebbero|bisogna|dobbiamo|forse|probabilmente|bellissimo|bella|incredibile|terribile|vergogna|schifo|stupido|idioti|sento',
  chat: 'haha*|ahah*|lol|grazie|buon compleanno|auguri|complimenti|buongiorno|buonanotte|buonasera|ciao|salve|seguimi|seguiteci|benvenuti|benvenuto|buona fortuna|baci|abbracci|concorso|iscriviti|iscrivetevi|leggi tutto|scopri di più|clicca',
  question:
    'è vero che|qualcuno sa|sapete se|cosa|che cosa|perché|come mai|come|chi|quando|dove|quale|quali|quanto|quanti',
  denial:
    'falso|falsa|falsi|false|bufala|bufale|fake news|non è vero|smentito|smentita|smentisce|smentiscono|verifica|verificato|fact checking|nessuna prova|non ci sono prove|senza prove|fuorviante|ingannevole|mito|miti|disinformazione|notizia falsa|notizie false|teoria del complotto|complottisti|inventato|infondato|bugia|bugie',
  satire: 'satira|satirico|parodia|sarcasmo|ironia|lercio|scherzo|era uno scherzo|pesce daprile|ironico',
  hearsay:
    'dicono che|mi hanno detto|si dice|si dice che|ho sentito|sentito dire|voci|voce di corridoio|rumors|presunto|presunta|presumibilmente|a quanto pare|pare che|un mio amico|una mia amica|mio cugino|fonti vicine|non confermato|fonte sicura|inoltrato',
  miracle:
    'miracolo|miracoloso|miracolosa|cura miracolosa|rimedio segreto|segreto|quello che non vi dicono|non vogliono che sappiate|ci nascondono|nascondono|insabbiamento|insabbiato|scioccante|sconvolgente|svegliatevi|sveglia|pecore|plandemia|giornalai|media corrotti|poteri forti|la verità su|big pharma|cura tutto|censurato|censurano',
  share:
    'condividi|condividete|condividete per favore|fate girare|fai girare|diffondete|diffondi|massima diffusione|inoltra|inoltrate|passaparola|tutti devono sapere|prima che lo cancellino|prima che lo tolgano|copia e incolla|copiate e incollate|rt per favore|fatelo sapere',
  health:
    'vaccin*|virus|covid*|coronavirus|pandemia*|cancro|tumore*|cura|cure|guarisce|medico|medici|dottor*|ospedal*|malattia|malattie|farmac*|veleno|tossic*|infezion*|infett*|autismo|morbillo|mascherin*|epidemia*|effetti collaterali|contaminat*|allergi*|cancerogen*',
  elections:
    'elezion*|elettor*|elettoral*|voto|voti|votare|candidat*|urna|urne|scheda elettorale|referendum|brogli|seggio|seggi',
  disaster:
    'terremoto|terremoti|tsunami|uragano|alluvion*|inondazion*|incendio|incendi|esplosion*|esploso|evacua*|tornado|incidente|incidenti|nuclear*|radiazion*|eruzion*|vulcano|frana|frane|crollo',
  finance:
    'banca|banche|fallimento|bancarotta|azioni|investi*|bitcoin|cripto*|risparmi*|pensione|pensioni|inflazione|frode|truffa|truffe|borsa|licenziament*|prelievo forzoso',
  violence:
    'attentat*|attacco|attacchi|terroris*|bomba|bombe|omicidi*|assassin*|rapiment*|sequestr*|massacr*|sparatoria|rivolta|ostaggi*|accoltell*|abusi|stupro|uccisi',
}
