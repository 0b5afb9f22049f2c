/**
 * Words that say nothing about what people talk about, in folded form. Only words of grammar: what is common but has a
 * meaning stays, since a list of words is read by a person.
 */
const STOP_WORDS: Readonly<Record<string, string>> = {
  english: `a about after again all also am an and any are as at be because been before being but by can cant could did didnt do
    does doesnt doing dont down for from get had has hasnt have havent he her here hers him his how i id if ill im in into is isnt it
    its ive just like me more most my no nor not now of off on once only or other our out over own really same she should so some
    such than that thats the their them then there these they theyre this those through to too under until up us very was wasnt we
    were what when where which while who whom why will with wont would you your youre`,
  german: `aber alle als also am an auch auf aus bei bin bis bist da damit dann das dass dem den denn der des dich die dies diese
    dieser dieses dir doch du durch ein eine einem einen einer eines er es euch fur hab habe haben hat hatte hier ich ihm ihn ihr ihre
    im in ist ja jetzt kann kein keine man mal mein meine mich mir mit nach nicht noch nur ob oder ohne schon sehr sein seine sich
    sie sind so uber um und uns unter vom von vor war waren was weil wenn wer wie wieder wir wird wurde zu zum zur`,
  spanish: `al algo ante como con cual cuando de del desde donde dos e el ella ellas ellos en entre era eres es esa ese eso esta
    estan estas este esto estos ha hay han hasta he la las le les lo los mas me mi mis muy nada ni no nos o os otra otro para pero
    por porque que quien se sea ser si sin sobre son soy su sus tambien te tiene todo todos tu tus un una uno unos y ya yo`,
  french: `ai alors as au aussi aux avec avez avoir c ca ce ces cest cet cette comme d dans de des donc du elle elles en encore est
    et ete etre eu fait il ils j jai je l la le les leur lui m ma mais me meme mes moi mon n ne nos notre nous on ont ou par pas
    plus pour qu quand que qui quoi s sa sans se ses si son sont sur t ta te tes toi ton tout tous tres tu un une vos votre vous y`,
  italian: `ad al alla alle anche c che chi ci come con cosa da dal dalla degli dei del della delle di e ed era gli ha hai hanno ho i
    il in io la le lei lo loro lui ma mi mia mio ne nel nella noi non o per perche piu quando quella quello questa questo se sei si
    sono sta su sua sulla suo ti tra tu tutti tutto un una uno voi`,
  portuguese: `ao aos as ate com como da das de dela dele do dos e ela elas ele eles em entre era essa esse esta estao este eu foi
    isso ja la mais mas me mesmo meu minha muito na nao nas nem no nos nossa nosso num o os ou para pela pelo por porque pra quando
    que quem se sem ser seu sua sao so tambem te tem tudo um uma voce voces`,
  dutch: `aan als ben bij dan dat de deze die dit door dus een en er het heb hebben heeft hij hoe ik in is je jij kan maar me meer
    met mijn naar niet nog nu of om omdat ook op over te tegen toch toen tot uit van veel voor waar want waren was wat we wel werd
    wie wij wil wordt ze zich zij zijn zo zou`,
}

const stopWords = new Set(Object.values(STOP_WORDS).flatMap((words) => words.split(/\s+/)))

export const isStopWord = (word: string): boolean => stopWords.has(word)
