import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'

/** Rows of a training file by column name: one header line, tabs between cells, no quoting. */
export function readTsv(data: string, file: string): Record<string, string>[] {
  let content: string
  try {
    content = readFileSync(join(data, file), 'utf8')
  } catch (cause) {
    throw new PipelineError(
      ErrorClass.Config,
      'DATA_MISSING',
      `no ${file} in ${data}: name the folder of the training data with --data DIR`,
      { cause },
    )
  }
  const [header, ...lines] = content.split('\n').filter((line) => line !== '')
  const names = header!.split('\t')
  return lines.map((line) => Object.fromEntries(line.split('\t').map((cell, i) => [names[i]!, cell])))
}

/** Lines of a list without a header, as cells. */
export function readList(data: string, file: string): string[][] {
  return readFileSync(join(data, file), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split('\t'))
}
