import type { CueWords } from '../cue.ts'

export const french: CueWords = {
  attribution:
    'dit|disent|a déclaré|déclare|selon|rapporte|rapportent|confirme|confirmé|annonce|annoncé|affirme|affirment|affirmé|prétend|avertit|admet|révèle|révélé|montre|montrent|démontre|étude|études|recherche|chercheurs|scientifiques|experts|données|sondage|rapport|statistiques|chiffres|source|sources|gouvernement|ministre|président|présidente|police|oms|preuve|preuves|insee',
  assertion:
    'est|sont|était|étaient|fut|a|ont|avait|sera|seront|cause|causent|causé|provoque|provoquent|provoqué|tue|tuent|tué|contient|contiennent|signifie|coûte|coûtent|coûté|augmenté|baissé|diminué|perdu|gagné|payé|dépensé|voté|approuvé|signé|interdit|mort|morts|décédé|reçu|en raison de|à cause de|grâce à|doublé',
  quantity:
    'pour cent|pourcent|million|millions|milliard|milliards|mille|milliers|centaines|moitié|tiers|quart|plus de|moins de|au moins|plus grand|plus haut|plupart|majorité|premier|première|chaque|moyenne|nombre de|taux|double|triple|euros|dollars|presque|environ|total|record',
  time: 'hier|depuis|année dernière|semaine dernière|mois dernier|cette année|cette semaine|janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|ans|années|mois|semaines|jours|siècle',
  opinion:
    'je pense|je crois|je trouve|je veux|je voudrais|jaime|jadore|je déteste|jespère|à mon avis|mon|ma|mes|je|jai|devrait|devraient|il faut|on doit|peut être|sans doute|magnifique|incroyable|génial|terrible|honte|dégoûtant|stupide|idiots|ressens',
  chat: 'mdr|ptdr|lol|haha*|merci|joyeux anniversaire|bon anniversaire|félicitations|bravo|bonjour|bonsoir|bonne nuit|salut|coucou|suivez moi|suivez nous|bienvenue|bonne chance|bisous|concours|abonnez vous|inscrivez vous|lire la suite|en savoir plus|cliquez',
  question:
    'est ce que|est il vrai|est ce vrai|quelquun sait|qui sait|pourquoi|comment|qui|quand|quel|quelle|quels|quelles|combien|quoi',
  denial:
    'faux|fausse|fausses|intox|infox|fake news|canular|est pas vrai|démenti|démentie|dément|démentent|vérification|vérifié|fact checking|factcheck|aucune preuve|pas de preuve|sans preuve|trompeur|trompeuse|mythe|mythes|désinformation|fausse information|fausses informations|théorie du complot|complotiste|complotistes|inventé|infondé|mensonge',
  satire: 'satire|satirique|parodie|sarcasme|ironie|le gorafi|gorafi|cest une blague|blague|poisson davril|humour',
  hearsay:
    'on dit que|on ma dit|il paraît|paraît que|jai entendu|rumeur|rumeurs|soi disant|prétendument|apparemment|présumé|un ami ma dit|un ami à moi|une amie à moi|selon des rumeurs|de source sûre|non confirmé|le bruit court|ouï dire',
  miracle:
    'miracle|remède miracle|miraculeux|secret|remède secret|ce quon vous cache|on nous cache|on vous cache|quon nous cache|quon vous cache|cachent|étouffer|étouffé|choc|choquant|scandale|réveillez vous|moutons|plandémie|merdias|médias mainstream|état profond|la vérité sur|big pharma|guérit tout|censuré|censurée|censure',
  share:
    'partagez|partagez svp|partager|à partager|partage max|faites tourner|faites passer|diffusez|diffuser|tout le monde doit|avant suppression|avant quils suppriment|copiez collez|copier coller|rt svp|rt massif|à voir absolument|transférez',
  health:
    'vaccin*|virus|covid*|coronavirus|pandémie*|cancer*|guérit|guérir|médecin*|docteur*|hôpital|hôpitaux|maladie*|médicament*|poison*|toxique*|infect*|autisme|rougeole|masque*|chloroquine|épidémie*|effets secondaires|contamin*|allergi*|cancérigène*|rappel produit',
  elections:
    'élection*|électoral*|vote|votes|voter|électeur*|candidat*|bulletin*|scrutin|urne|urnes|référendum|présidentielle*|législatives|fraude électorale',
  disaster:
    'séisme*|tremblement de terre|tsunami|ouragan*|inondation*|incendie*|explosion*|explosé|évacu*|tornade*|tempête*|accident*|nucléaire*|radiation*|éruption|volcan*|glissement de terrain',
  finance:
    'banque|banques|faillite*|bourse|actions|investi*|bitcoin|crypto*|épargne|retraite|retraites|inflation|fraude|arnaque*|krach|effondrement|licenciement*|impôt*',
  violence:
    'attentat*|attaque|attaques|attaqué|terroris*|bombe|bombes|meurtre*|assassin*|enlèvement*|kidnap*|massacre*|fusillade*|émeute*|otage*|poignard*|viol|viols|tués',
}
