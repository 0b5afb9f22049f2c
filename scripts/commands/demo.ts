import type { AlertRule } from '#index/alerts/alert-rule.ts'
import type { LogLevel } from '#infra/runtime/log-level.ts'
import { type CommandIo, ExitCode } from '../command-io.ts'
import { demoBrands } from '../demo/demo-brands.ts'
import { createDemoConnector } from '../demo/demo-connector.ts'
import { booksJson, printBooks } from '../print-books.ts'
import { ALL_STAGES, runInstallation } from '../run-installation.ts'
import { writeLines } from '../terminal/columns.ts'
import { paintFor } from '../terminal/paint.ts'

export interface DemoOptions {
  readonly data: string
  readonly seed: number
  readonly untilIdle?: boolean | undefined
  readonly healthHost?: string | undefined
  readonly healthPort?: number | undefined
  readonly logLevel?: LogLevel | undefined
  readonly json?: boolean | undefined
}

const alerts: readonly AlertRule[] = demoBrands.map(({ id }) => ({
  ...({
    id: `${id}-mood`,
    brand: id,
    on: 'sentiment-spike',
    sensitivity: 'weekly',
    deliver: [{ type: 'terminal' }],
  } as const),
}))

const ALERTS = `The line "ALERT ..." tells when a brand's mood is unusual for that brand; webhooks: docs/configuration.md.`
const BESIDE = [
  [`search '"data leak" OR leaked' --brand parcelo`, 'the crisis, with reasons'],
  ["search 'sawdust' --limit 5", 'a false rumour and its denials'],
  ['report --brand parcelo', 'volume and mood day by day'],
  ['status', 'lag, sources, books, disk'],
] as const
/** What needs the data directory for itself, or a run of its own. */
const AFTERWARDS = [
  ['replay --from 30d --to 0d', "the archive through today's models"],
  ['init "My Brand"', 'listen for your own brand'],
] as const

const hints = (title: string, commands: readonly (readonly [string, string])[]): string[] => [
  title,
  ...commands.map(([command, shows]) => `  ${`npm run earshot -- ${command}`.padEnd(68)} ${shows}`),
]

/** Thirty days of three invented brands through the real pipeline, then a few mentions a second. */
export async function demo(options: DemoOptions, io: CommandIo): Promise<ExitCode> {
  const paint = paintFor(io.errors)
  const untilIdle = options.untilIdle === true
  const title = paint('bold', 'Earshot demo')
  writeLines(io.errors, [
    `${title}: thirty days of three invented brands, streamed through the real pipeline into ${options.data}`,
  ])
  if (!untilIdle) {
    const next = [...hints('Try meanwhile, in another terminal:', BESIDE), ...hints('Try after Ctrl-C:', AFTERWARDS)]
    writeLines(io.errors, ['It goes on live after that; Ctrl-C ends it.', '', ALERTS, ...next, ''])
  }
  const { books, part } = await runInstallation(
    {
      ...{
        data: options.data,
        namespace: 'earshot',
        brands: demoBrands,
        alerts,
        retentionMs: null,
        allowPrivate: false,
      },
      ...{ maxLogBytes: 4e9, minFreeBytes: 1e9, stages: ALL_STAGES, scores: true, untilIdle },
      ...{ healthHost: options.healthHost, healthPort: options.healthPort, logLevel: options.logLevel },
      connectors: ({ clock }) => [createDemoConnector({ seed: options.seed, live: !untilIdle, clock })],
    },
    io,
  )
  if (options.json) io.output.write(`${JSON.stringify(booksJson(books))}\n`)
  else {
    const next = untilIdle ? ['', ALERTS, ...hints('Try next:', [...BESIDE, ...AFTERWARDS])] : []
    writeLines(io.output, [...printBooks(books, paintFor(io.output), part), ...next])
  }
  return ExitCode.Done
}
