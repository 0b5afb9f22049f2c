import { describe, expect, it } from 'vitest'
import { clampPublished } from '#ingest/clamp-published.ts'

const SEEN = Date.UTC(2026, 6, 4, 12)
const HOUR = 3_600_000

describe('clampPublished', () => {
  it('keeps what authors say up to an hour after we saw it', () => {
    for (const time of [SEEN + HOUR, SEEN, SEEN - 1, 0, Date.UTC(1969, 0)]) {
      expect(clampPublished(time, SEEN)).toEqual({ publishedAt: time, publishedAtEstimated: false })
    }
  })

  it('holds a later time at an hour after we saw it, and says that it is estimated', () => {
    for (const time of [SEEN + HOUR + 1, Date.UTC(30_000, 0), Number.MAX_SAFE_INTEGER]) {
      expect(clampPublished(time, SEEN)).toEqual({ publishedAt: SEEN + HOUR, publishedAtEstimated: true })
    }
  })

  it('takes the time we saw it when the author gives none that can be read', () => {
    for (const time of [null, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(clampPublished(time, SEEN)).toEqual({ publishedAt: SEEN, publishedAtEstimated: true })
    }
  })

  it('answers whole milliseconds, which is what the log can hold', () => {
    expect(clampPublished(SEEN + 0.75, SEEN).publishedAt).toBe(SEEN)
  })
})
