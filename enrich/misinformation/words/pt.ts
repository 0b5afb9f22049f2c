import type { CueWords } from '../cue.ts'

export const portuguese: CueWords = {
  attribution:
    'diz|dizem|disse|disseram|segundo|informa|informou|relata|relatou|confirma|confirmou|anuncia|anunciou|afirma|afirmou|garante|garantiu|alerta|alertou|admite|admitiu|revela|revelou|aponta|apontou|mostra|mostram|comprova|estudo|estudos|pesquisa|pesquisadores|cientistas|especialistas|dados|relatório|estatísticas|fonte|fontes|governo|ministro|ministra|presidente|polícia|oms|anvisa|evidência|ibge',
  assertion:
    'é|são|era|foi|foram|tem|têm|tinha|será|serão|causa|causam|causou|mata|matam|matou|contém|provoca|provocam|provocou|significa|custa|custam|custou|subiu|caiu|perdeu|ganhou|pagou|gastou|votou|aprovou|assinou|proibiu|morreu|morreram|aumentou|diminuiu|recebeu|devido a|está|estão|esteve',
  quantity:
    'por cento|milhão|milhões|bilhão|bilhões|mil|milhares|centenas|metade|terço|quarto|mais de|menos de|pelo menos|maior|menor|maioria|primeiro|primeira|cada|média|número de|taxa|dobro|triplo|reais|euros|dólares|quase|cerca de|total|recorde',
  time: 'ontem|hoje|ano passado|semana passada|mês passado|este ano|esta semana|desde|janeiro|fevereiro|março|abril|maio|junho|julho|agosto|setembro|outubro|novembro|dezembro|segunda feira|terça feira|quarta feira|quinta feira|sexta feira|sábado|domingo|anos|meses|semanas|dias|século',
  opinion:
    'acho que|penso que|acredito que|na minha opinião|eu acho|eu amo|amo|adoro|odeio|quero|queria|espero|tomara|meu|minha|meus|minhas|eu|deveria|deveriam|temos que|talvez|provavelmente|lindo|linda|incrível|horrível|vergonha|nojo|idiota|idiotas|sinto|saudade',
  chat: 'kkk*|haha*|rsrs|obrigado|obrigada|feliz aniversário|parabéns|bom dia|boa noite|boa tarde|olá|oi|me segue|siga nos|sigam|bem vindo|bem vindos|boa sorte|beijos|abraços|sorteio|inscreva se|leia mais|saiba mais|clique',
  question:
    'é verdade que|será que|alguém sabe|sabe se|o que|por que|porque será|como|quem|quando|onde|qual|quais|quanto|quantos',
  denial:
    'falso|falsa|falsos|falsas|é mentira|mentira|boato|boatos|não é verdade|é fake|fake news|desmentido|desmentida|desmente|desmentem|desmentiu|checagem|checamos|verificamos|sem evidência|não há evidência|não há provas|sem provas|enganoso|enganosa|mito|mitos|desinformação|notícia falsa|notícias falsas|teoria da conspiração|inventado|infundado|aos fatos',
  satire:
    'sátira|satírico|paródia|sarcasmo|ironia|sensacionalista|é brincadeira|brincadeira|primeiro de abril|é piada|piada',
  hearsay:
    'dizem que|me disseram|ouvi dizer|ouvi falar|diz que|boatos|rumor|rumores|supostamente|suposto|suposta|aparentemente|um amigo meu|uma amiga minha|me contaram|recebi no|encaminhada|encaminhado|fontes próximas|não confirmado|fonte segura',
  miracle:
    'milagre|milagroso|milagrosa|cura milagrosa|remédio secreto|segredo|o que não querem que você saiba|não querem que você saiba|estão escondendo|escondem|acobertar|chocante|bomba|acorda|acordem|acorda brasil|gado|plandemia|globolixo|mídia podre|grande mídia|a verdade sobre|indústria farmacêutica|cura tudo|censurado|censuraram',
  share:
    'compartilhe|compartilhem|compartilha|por favor compartilhe|repasse|repassem|divulgue|divulguem|espalhe|espalhem|encaminhe|viralizar|todos precisam saber|todos precisam ver|antes que apaguem|antes que tirem do ar|copie e cole|dá rt|rt por favor|partilhem|partilha',
  health:
    'vacin*|vírus|covid*|coronavírus|pandemia*|câncer|cancro|cura|médico*|médica*|hospital*|doença*|remédio*|medicamento*|veneno|tóxic*|infecç*|infectad*|autismo|sarampo|máscara*|cloroquina|ivermectina|surto|efeitos colaterais|contaminad*|alergi*|cancerígen*',
  elections:
    'eleiç*|eleitor*|eleitoral*|voto|votos|votar|candidat*|urna|urnas|fraude eleitoral|plebiscito|referendo|cédula*',
  disaster:
    'terremoto*|sismo*|tsunami|furacão|enchente*|inundaç*|incêndio*|explosão|explosões|explodiu|evacua*|tornado*|acidente*|nuclear|radiação|erupção|vulcão|deslizamento*|barragem',
  finance:
    'banco|bancos|falência|ações|investi*|bitcoin|cripto*|poupança|aposentadoria|inflação|fraude|golpe|golpes|bolsa|colapso|demissão|demissões|pirâmide|pix|confisco',
  violence:
    'atentado*|ataque|ataques|terroris*|bomba|bombas|assassin*|homicíd*|sequestr*|massacre*|tiroteio*|motim|refém|reféns|esfaque*|abuso*|estupro*|mortos',
}
