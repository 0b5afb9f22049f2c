import { describe, expect, it } from 'vitest'
import { createLanguageDetector } from '#enrich/language/language-detector.ts'

const detector = createLanguageDetector()
const detect = (text: string, declared: string | null = null): string | null => detector.detect(text, declared).code

describe('createLanguageDetector', () => {
  it.each([
    ['en', 'The new phone arrived yesterday and the battery already died twice'],
    ['de', 'Das neue Telefon kam gestern an und der Akku ist schon zweimal leer gewesen'],
    ['fr', 'Le nouveau téléphone est arrivé hier et la batterie est déjà morte deux fois'],
    ['es', 'El teléfono nuevo llegó ayer y la batería ya se ha muerto dos veces'],
    ['pt', 'O telefone novo chegou ontem e a bateria já morreu duas vezes, não acredito'],
    ['it', 'Il nuovo telefono è arrivato ieri e la batteria si è già scaricata due volte'],
    ['nl', 'De nieuwe telefoon kwam gisteren aan en de batterij is al twee keer leeg'],
    ['sv', 'Den nya telefonen kom igår och batteriet har redan dött två gånger'],
    ['pl', 'Nowy telefon przyszedł wczoraj i bateria już dwa razy się rozładowała'],
    ['cs', 'Nový telefon přišel včera a baterie se už dvakrát vybila'],
    ['tr', 'Yeni telefon dün geldi ve pil şimdiden iki kez bitti'],
    ['fi', 'Uusi puhelin saapui eilen ja akku on jo loppunut kahdesti'],
    ['hu', 'Az új telefon tegnap érkezett és az akkumulátor már kétszer lemerült'],
    ['ro', 'Telefonul nou a sosit ieri și bateria s-a descărcat deja de două ori'],
    ['vi', 'Điện thoại mới đến hôm qua và pin đã hết hai lần rồi'],
    ['ru', 'Новый телефон пришёл вчера, и батарея уже дважды разрядилась'],
    ['uk', 'Новий телефон прийшов учора, і батарея вже двічі розрядилася'],
    ['bg', 'Новият телефон пристигна вчера и батерията вече падна два пъти'],
    ['ar', 'وصل الهاتف الجديد أمس والبطارية نفدت مرتين'],
    ['fa', 'گوشی جدید دیروز رسید و باتری آن تا حالا دو بار تمام شده است'],
    ['he', 'הטלפון החדש הגיע אתמול והסוללה כבר נגמרה פעמיים'],
    ['hi', 'नया फ़ोन कल आया और बैटरी पहले ही दो बार खत्म हो गई'],
    ['el', 'Το νέο τηλέφωνο ήρθε χθες και η μπαταρία τελείωσε ήδη δύο φορές'],
    ['ja', '新しい電話が昨日届いたけど、もう電池が二回も切れた'],
    ['zh', '新手机昨天到了，电池已经没电两次了'],
    ['ko', '새 전화기가 어제 도착했는데 배터리가 벌써 두 번이나 나갔어요'],
    ['th', 'โทรศัพท์ใหม่มาถึงเมื่อวานและแบตเตอรี่หมดไปแล้วสองครั้ง'],
  ])('knows %s', (code, text) => {
    expect(detect(text)).toBe(code)
  })

  it('says nothing where there is nothing to tell by', () => {
    for (const text of [
      '',
      ' ',
      '😀😀',
      '123 456',
      'ok',
      '@user https://a.example/das-ist-deutsch',
      '\ud83d',
      '\u200b\u200b',
    ]) {
      expect(detector.detect(text, null), JSON.stringify(text)).toEqual({ code: null, confidence: null })
    }
  })

  it('leaves links and handles out', () => {
    expect(
      detect(
        '@der_die_das http://www.beispiel.example/und/oder/nicht good morning everyone, what a lovely day this is',
      ),
    ).toBe('en')
  })

  it('takes the declared language for short texts and overrules it for clear ones', () => {
    expect(detect('ok', 'de')).toBe('de')
    expect(detect('ok', 'de-AT')).toBe('de')
    expect(detect('Das neue Telefon kam gestern an und der Akku ist schon leer', 'en')).toBe('de')
    expect(detect('Привет, как дела у тебя сегодня', 'en')).toBe('ru')
    expect(detect('hei alle sammen, hva gjør dere i dag', 'no')).toBe('nb')
  })

  it('is sure of a plain sentence', () => {
    const { code, confidence } = detector.detect('this is what we have been waiting for all these years', null)
    expect(code).toBe('en')
    expect(confidence).toBeGreaterThan(0.8)
    expect(confidence).toBeLessThanOrEqual(1)
  })

  it.each([
    ['a megabyte of letters', 'a'.repeat(1_000_000)],
    ['a megabyte of words', 'hello world '.repeat(80_000)],
    ['lone surrogates', '\ud83d\ude00\udc00 hello \ud800 world again'],
    ['right to left marks', '\u202ehello there my dear friend\u202c'],
  ])('answers %s, the same each time', (_name, text) => {
    const first = detector.detect(text, null)
    detector.detect('etwas ganz anderes auf Deutsch', null)
    expect(detector.detect(text, null)).toEqual(first)
  })
})
