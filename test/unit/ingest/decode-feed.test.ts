import { describe, expect, it } from 'vitest'
import { decodeFeed } from '#ingest/feed/decode-feed.ts'

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1')
const utf16be = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16()

describe('decodeFeed', () => {
  it.each([
    ['UTF-8 without a word', Buffer.from('<a>é €</a>'), null, '<a>é €</a>'],
    ['a byte order mark before any label', Buffer.from('\ufeff<a>é</a>'), 'text/xml; charset=iso-8859-1', '<a>é</a>'],
    [
      'UTF-16 with a mark',
      Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('<a>é</a>', 'utf16le')]),
      null,
      '<a>é</a>',
    ],
    ['UTF-16 without one, little-endian', Buffer.from('<a>é</a>', 'utf16le'), null, '<a>é</a>'],
    ['UTF-16 without one, big-endian', utf16be('<a>é</a>'), null, '<a>é</a>'],
    ['the header', Buffer.from([0x3c, 0xcf, 0xd2]), 'application/xml; charset="koi8-r"', '<ор'],
    [
      'the header before the declaration',
      latin1('<?xml version="1.0" encoding="koi8-r"?>\xe9'),
      'x; charset=latin1',
      '<?xml version="1.0" encoding="koi8-r"?>é',
    ],
    [
      'the declaration',
      latin1("<?xml version='1.0' encoding='windows-1252'?>\x80\xe9"),
      'text/xml',
      "<?xml version='1.0' encoding='windows-1252'?>€é",
    ],
    [
      'latin1 as the superset that is meant',
      latin1('<?xml encoding="iso-8859-1"?>\x93'),
      null,
      '<?xml encoding="iso-8859-1"?>“',
    ],
    ['windows-1252 when nothing else fits', latin1('<a>caf\xe9 \x80</a>'), null, '<a>café €</a>'],
    ['a lying declaration of UTF-16', Buffer.from('<?xml encoding="utf-16"?>é.'), null, '<?xml encoding="utf-16"?>é.'],
    [
      'an unknown label',
      Buffer.from('<?xml encoding="klingon"?>é'),
      'text/xml; charset=x-user-defined-9',
      '<?xml encoding="klingon"?>é',
    ],
    [
      'declared UTF-8 with a broken byte',
      latin1('<?xml encoding="utf-8"?>\xff\xc3\xa9'),
      null,
      '<?xml encoding="utf-8"?>\ufffdé',
    ],
    ['a header that cannot be true', latin1('<a>\xe9</a>'), 'text/xml; charset=utf-8', '<a>\ufffd</a>'],
    ['nothing', Buffer.alloc(0), null, ''],
  ])('reads %s', (_, bytes, contentType, expected) => expect(decodeFeed(bytes, contentType)).toBe(expected))

  it('drops what XML forbids and terminals obey', () => {
    expect(decodeFeed(Buffer.from('a\x00b\x08c\x1b[31md\ufffee\tf\n'), null)).toBe('abc[31mde\tf\n')
  })
})
