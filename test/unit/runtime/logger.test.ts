import { describe, expect, it } from 'vitest'
import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'
import { createLogger, readableLine } from '#infra/runtime/logger.ts'

function logged(log: (logger: ReturnType<typeof createLogger>) => void): string[] {
  const lines: string[] = []
  log(createLogger('info', (line) => lines.push(line)))
  return lines
}

describe('the log', () => {
  it('is a JSON object a line, with level by name and time, and nothing of the machine', () => {
    const [line = ''] = logged((logger) => logger.warn({ code: 'X', n: 3 }, 'a\nmessage'))
    expect(line.endsWith('\n') && line.indexOf('\n') === line.length - 1).toBe(true)
    const { time, ...rest } = JSON.parse(line) as { time: string }
    expect(rest).toEqual({ level: 'warn', code: 'X', n: 3, msg: 'a\nmessage' })
    expect(new Date(time).toISOString()).toBe(time)
  })

  it('keeps quiet below its level', () => {
    expect(logged((logger) => logger.debug('hidden'))).toEqual([])
  })

  it('strikes out what looks like a secret', () => {
    const fields = {
      secret: 's1',
      password: 's2',
      token: 's3',
      headers: { authorization: 's4' },
      target: { secret: 's5' },
    }
    const [line = ''] = logged((logger) => logger.info(fields, 'sent'))
    expect(line).not.toMatch(/s[1-5]/)
    expect(line.match(/\[hidden\]/g)).toHaveLength(5)
  })

  it('reads as one line with message, what failed and the other fields', () => {
    const err = new PipelineError(ErrorClass.Transient, 'AWAY', 'it is away')
    const [line = ''] = logged((logger) =>
      logger.error({ err, part: 'index', attempt: 2, at: { x: 1 } }, 'part failed'),
    )
    const clock = (JSON.parse(line) as { time: string }).time.slice(11, 19)
    expect(readableLine(line)).toBe(`${clock} error part failed (it is away) part=index attempt=2 at={"x":1}`)
  })

  it('reads well without any field', () => {
    const [line = ''] = logged((logger) => logger.warn('only this'))
    expect(readableLine(line)).toMatch(/^\d\d:\d\d:\d\d warn {2}only this$/)
  })
})
