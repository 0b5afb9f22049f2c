import { z } from 'zod'
import { DURATION_PATTERN, parseSize, SIZE_PATTERN } from './quantity.ts'

// Kinds of values that several parts of the configuration hold.

/** Milliseconds come of it by `parseDuration`. */
export const duration = () =>
  z
    .string('expected a duration such as 30s, 5m, 2h or 7d')
    .regex(DURATION_PATTERN, 'expected a duration such as 30s, 5m, 2h or 7d')
    .meta({ title: 'duration' })

/** Bytes once parsed. */
export const size = () =>
  z
    .string('expected a size such as 500MB or 4GB')
    .regex(SIZE_PATTERN, 'expected a size such as 500MB or 4GB')
    .transform(parseSize)
    .meta({ title: 'size' })

export const httpUrl = () =>
  z.url({ protocol: /^https?$/, error: 'expected an http or https address' }).meta({ title: 'URL' })
