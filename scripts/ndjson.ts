import type { Readable, Writable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'
import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'

export interface JsonLine {
  readonly value: Readonly<Record<string, unknown>>
  /** From 1. */
  readonly number: number
}

/** The lines of a stream without their line feeds, as many at a time as have arrived. */
export async function* readLines(input: Readable): AsyncGenerator<readonly string[]> {
  const decoder = new StringDecoder('utf8')
  let rest = ''
  for await (const chunk of input) {
    const text: string = typeof chunk === 'string' ? chunk : decoder.write(chunk)
    if (!text.includes('\n')) {
      rest += text
      continue
    }
    const lines = (rest + text).split('\n')
    rest = lines.pop()!
    yield lines
  }
  yield [rest + decoder.end()]
}

/** The objects of an NDJSON stream, as many at a time as have arrived. Blank lines are skipped. Throws for what is no object, with its line. */
export async function* readNdjson(input: Readable, name: string): AsyncGenerator<readonly JsonLine[]> {
  let number = 0
  for await (const lines of readLines(input)) {
    const parsed: JsonLine[] = []
    for (const line of lines) {
      number++
      if (line.trim() !== '') parsed.push({ value: parseObject(line, `${name}, line ${number}`), number })
    }
    yield parsed
  }
}

function parseObject(line: string, where: string): Readonly<Record<string, unknown>> {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    // The parser's own message quotes the text.
    throw new PipelineError(ErrorClass.Config, 'NDJSON_INVALID', `${where}: not valid JSON; expected one object a line`)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new PipelineError(ErrorClass.Config, 'NDJSON_INVALID', `${where}: expected a JSON object`)
  return value as Readonly<Record<string, unknown>>
}

/** Resolves when the stream has room again. */
export async function writeText(output: Writable, text: string): Promise<void> {
  if (text === '' || output.write(text)) return
  await new Promise<void>((resolve, reject) => {
    const settle = (error?: Error): void => {
      output.off('drain', settle).off('error', settle).off('close', settle)
      if (error === undefined) resolve()
      else reject(error)
    }
    output.on('drain', settle).on('error', settle).on('close', settle)
  })
}
