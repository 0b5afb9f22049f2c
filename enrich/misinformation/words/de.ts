import type { CueWords } from '../cue.ts'

export const german: CueWords = {
  attribution:
    'sagt|sagte|sagten|laut|zufolge|berichtet|berichten|bestätigt|bestätigte|erklärt|erklärte|behauptet|behauptete|warnt|warnte|meldet|meldete|teilte mit|zeigt|zeigen|studie|studien|forscher|forscherin|forschung|wissenschaftler|experten|daten|umfrage|statistik|bericht|quelle|quellen|sprecher|sprecherin|regierung|minister|ministerin|polizei|behörde|behörden|rki|ergab|beweist|beweise',
  assertion:
    'ist|sind|war|waren|hat|haben|hatte|hatten|wird|werden|wurde|wurden|verursacht|verursachen|tötet|enthält|enthalten|führt zu|führen zu|bedeutet|kostet|kosten|stieg|sank|fiel|verlor|gewann|zahlt|zahlte|stimmte|verboten|beschlossen|starb|starben|wegen|gestiegen|gesunken|gestorben|verdoppelt|wirkt|wirken',
  quantity:
    'prozent|million|millionen|milliarde|milliarden|tausend|tausende|hunderte|hälfte|viertel|drittel|mehr als|weniger als|mindestens|höchste|höchsten|niedrigste|größte|größten|meisten|mehrheit|erste|ersten|jeder|jede|durchschnitt|anzahl|höher|niedriger|euro|dollar|fast|rund|insgesamt|doppelt',
  time: 'gestern|heute|letztes jahr|letzten monat|letzte woche|dieses jahr|diese woche|seit|januar|februar|märz|april|juni|juli|august|september|oktober|november|dezember|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|jahr|jahre|jahren|monate|monaten|wochen|tagen',
  opinion:
    'ich denke|ich finde|ich glaube|ich hoffe|ich liebe|ich hasse|ich will|ich möchte|ich wünsche|meiner meinung|mein|meine|meiner|meinem|meinen|ich|sollte|sollten|muss|müssen|hoffe|liebe|hasse|vielleicht|wahrscheinlich|schön|toll|super|schrecklich|schade|dumm|peinlich|unglaublich',
  chat: 'lol|haha*|danke|dankeschön|alles gute|glückwunsch*|guten morgen|gute nacht|hallo|hi|hey|servus|moin|willkommen|tschüss|viel glück|folgt mir|folgt uns|schaut|gewinnspiel|abonniert|anmelden|jetzt lesen|mehr lesen|klick|weiterlesen',
  question:
    'stimmt es|stimmt das|ist das wahr|weiß jemand|kennt jemand|hat jemand|was|warum|wieso|weshalb|wie|wer|wann|wo|welche|welcher|welches',
  denial:
    'falsch|falschmeldung|falschmeldungen|fake news|faktencheck|faktenchecker|widerlegt|stimmt nicht|nicht wahr|unwahr|keine belege|kein beleg|kein beweis|keine beweise|irreführend|mythos|mythen|desinformation|fehlinformation|frei erfunden|erfunden|lüge|verschwörungstheorie|verschwörungstheorien|ente',
  satire: 'satire|satirisch|parodie|sarkasmus|ironie|der postillon|postillon|nur spaß|nur ein scherz|aprilscherz',
  hearsay:
    'habe gehört|hab gehört|angeblich|angebliche|angeblichen|man sagt|es heißt|gerüchte|gerücht|gerüchten|ein freund von mir|eine freundin von mir|mein nachbar|ein bekannter|aus sicherer quelle|insider|soll angeblich|offenbar|hörensagen|unbestätigt',
  miracle:
    'wundermittel|wunderheilung|geheim|geheimes mittel|was sie uns verschweigen|verschwiegen|verschweigt|vertuscht|vertuschung|enthüllt|schockierend|unfassbar|wacht auf|aufwachen|schlafschafe|lügenpresse|mainstreammedien|systemmedien|plandemie|die wahrheit über|pharmalobby|pharmamafia|heilt alles|zensiert|gelöscht wird',
  share:
    'bitte teilen|teilt das|teilen bevor|weiterleiten|weitersagen|verbreitet das|verbreiten|jeder muss das sehen|alle müssen das wissen|muss viral gehen|bevor es gelöscht|kopieren und einfügen|bitte retweeten|unbedingt ansehen|unbedingt teilen',
  health:
    'impf*|virus|viren|covid*|corona*|pandemie*|krebs*|heilt|heilung|arzt|ärzte|ärztin|klinik*|krankenhaus*|krankheit*|medikament*|medizin*|gift|giftig|infekt*|infizier*|autismus|masern|masken|rückruf*|nebenwirkung*|krebserregend*|verseucht|allergi*',
  elections:
    'wahl|wahlen|wähler*|gewählt|stimmzettel|briefwahl|kandidat*|wahlbetrug|wahllokal*|bundestagswahl*|referendum|volksabstimmung|landtagswahl*',
  disaster:
    'erdbeben|tsunami|hochwasser*|flut|überschwemmung*|waldbrand|waldbrände|explosion*|explodiert|evakuier*|unwetter|orkan|absturz|atomkraft*|strahlung|reaktor*|vulkan*|erdrutsch*|brand|feuer',
  finance:
    'bank|banken|pleite|insolven*|aktie|aktien|anleger*|bitcoin|krypto*|ersparnisse|rente|renten|inflation|betrug|börse*|zusammenbruch|entlassung*|übernahme|konto|bargeld',
  violence:
    'anschlag*|attentat*|terror*|bombe|bomben|mord|morde|ermordet|entführ*|massaker|schüsse|schießerei|amoklauf|angriff*|krawall*|geisel*|messerangriff*|missbrauch|getötet',
}
