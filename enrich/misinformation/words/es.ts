import type { CueWords } from '../cue.ts'

export const spanish: CueWords = {
  attribution:
    'dice|dicen|dijo|dijeron|según|informa|informó|reporta|reportó|confirma|confirmó|anuncia|anunció|afirma|afirmó|asegura|aseguró|advierte|advirtió|admite|admitió|revela|reveló|señala|señaló|muestra|muestran|demuestra|estudio|estudios|investigación|investigadores|científicos|expertos|datos|encuesta|informe|estadísticas|fuente|fuentes|portavoz|gobierno|ministro|ministra|presidente|presidenta|policía|oms|evidencia',
  assertion:
    'es|son|era|fue|fueron|ha|han|había|será|serán|causa|causan|causó|mata|matan|mató|contiene|contienen|provoca|provocan|provocó|significa|cuesta|cuestan|costó|subió|bajó|cayó|perdió|ganó|pagó|gastó|votó|aprobó|firmó|prohibió|murió|murieron|aumentó|disminuyó|recibió|debido a|está|están|estuvo|tiene|tienen',
  quantity:
    'por ciento|millón|millones|mil|miles|cientos|mitad|tercio|cuarto|más de|menos de|al menos|mayor|menor|mayoría|primer|primera|primero|cada|promedio|número de|tasa|doble|triple|euros|dólares|pesos|casi|cerca de|total|récord',
  time: 'ayer|hoy|el año pasado|la semana pasada|el mes pasado|este año|esta semana|desde|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre|lunes|martes|miércoles|jueves|viernes|sábado|domingo|años|meses|semanas|días|siglo',
  opinion:
    'creo que|pienso que|opino que|me parece|me gusta|me encanta|odio|ojalá|quiero|espero|quisiera|en mi opinión|mi|mis|mío|mía|debería|deberían|hay que|tenemos que|quizás|quizá|tal vez|hermoso|increíble|terrible|vergüenza|asco|estúpido|idiotas|yo|siento',
  chat: 'jaja*|gracias|feliz cumpleaños|felicidades|felicitaciones|buenos días|buenas noches|buenas tardes|hola|síguenos|sígueme|bienvenidos|bienvenido|suerte|saludos|besos|abrazo|sorteo|suscríbete|inscríbete|lee más|leer más|mira este|no te pierdas',
  question:
    'es verdad que|es cierto que|alguien sabe|sabes si|qué|por qué|cómo|quién|cuándo|dónde|cuál|cuáles|cuánto|cuántos',
  denial:
    'falso|falsa|falsos|falsas|bulo|bulos|es mentira|mentira|no es cierto|no es verdad|desmentido|desmentida|desmiente|desmienten|desmintió|verificación|verificado|verificamos|sin evidencia|no hay evidencia|no hay pruebas|sin pruebas|engañoso|engañosa|mito|mitos|desinformación|noticia falsa|noticias falsas|fake news|teoría de la conspiración|inventado|infundado',
  satire: 'sátira|satírico|satírica|parodia|sarcasmo|ironía|el mundo today|es broma|era broma|inocentada',
  hearsay:
    'dicen que|me dijeron|se dice|se rumorea|rumor|rumores|supuestamente|supuesto|presuntamente|al parecer|he oído|escuché que|un amigo mío|una amiga mía|me contaron|me llegó|reenviado|según rumores|fuentes cercanas|sin confirmar',
  miracle:
    'milagro|milagroso|milagrosa|cura milagrosa|remedio secreto|secreto|lo que no quieren que sepas|no quieren que sepas|nos ocultan|ocultan|encubrimiento|impactante|escandaloso|bomba|despierta|despierten|borregos|plandemia|medios corruptos|la verdad sobre|farmacéuticas|cura todo|censurado|censuraron',
  share:
    'comparte|comparte esto|comparte por favor|por favor comparte|compártelo|compartan|difunde|difundan|difúndelo|pásalo|reenvía|que se haga viral|todos deben saber|antes de que lo borren|máxima difusión|copia y pega|haz rt|rt por favor',
  health:
    'vacun*|virus|covid*|coronavirus|pandemia*|cáncer|cura|médico*|doctor|doctora|hospital*|enfermedad*|medicina*|medicamento*|veneno|tóxic*|infecci*|infectad*|autismo|sarampión|mascarilla*|cubrebocas|brote|efectos secundarios|contaminad*|alergi*|cancerígen*',
  elections:
    'elecci*|electoral*|voto|votos|votar|votante*|votó|candidat*|urna|urnas|fraude electoral|referéndum|papeleta*|comicios',
  disaster:
    'terremoto*|sismo*|tsunami|huracán*|inundaci*|incendio*|explosión|explosiones|explotó|evacua*|tornado*|accidente*|nuclear|radiación|erupción|volcán|deslave*|derrumbe*',
  finance:
    'banco|bancos|bancarrota|quiebra|acciones|inversion*|inversor*|bitcoin|cripto*|ahorros|pensión|pensiones|inflación|fraude|estafa*|bolsa|colapso|despidos|corralito',
  violence:
    'atentado*|ataque|ataques|terroris*|bomba|bombas|asesin*|homicid*|secuestr*|masacre*|tiroteo*|balacera*|disturbios|rehén|rehenes|apuñal*|abuso*|muertos',
}
