import type { AlertRule } from '#index/alerts/alert-rule.ts'
import type { LogLevel } from '#infra/runtime/log-level.ts'
import { type CommandIo, ExitCode } from '../command-io.ts'
import { demoBrands } from '../demo/demo-brands.ts'
import { createDemoConnector } from '../demo/demo-connector.ts'
import { booksJson, printBooks } from '../print-books.ts'
import { ALL_STAGES, runInstallation } from '../run-installation.ts'
import { paintFor } from '../terminal/paint.ts'

export interface DemoOptions {
  readonly data: string
  readonly seed: number
  readonly untilIdle?: boolean | undefined
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

const NEXT = `The line "ALERT ..." tells when a brand's mood is unusual for that brand; webhooks: docs/configuration.md.
Try next, in another terminal:
  npm run earshot -- search '"data leak" OR leaked' --brand parcelo    the crisis, with reasons
  npm run earshot -- search 'sawdust' --limit 5                        a false rumour and its denials
  npm run earshot -- report --brand parcelo                            volume and mood day by day
  npm run earshot -- status                                            lag, sources, books, disk
  npm run earshot -- replay --from 30d --to 0d                         the archive through today's models
  npm run earshot -- init "My Brand"                                   listen for your own brand
`

/** Thirty days of three invented brands through the real pipeline, then a few mentions a second. */
export async function demo(options: DemoOptions, io: CommandIo): Promise<ExitCode> {
  const paint = paintFor(io.errors)
  const untilIdle = options.untilIdle === true
  io.errors.write(
    `${paint('bold', 'Earshot demo')}: thirty days of three invented brands, streamed through the real pipeline into ${options.data}\n`,
  )
  if (!untilIdle) io.errors.write(`It goes on live after that; Ctrl-C ends it.\n\n${NEXT}\n`)
  const books = await runInstallation(
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
      ...{ healthPort: options.healthPort, logLevel: options.logLevel },
      connectors: ({ clock }) => [createDemoConnector({ seed: options.seed, live: !untilIdle, clock })],
    },
    io,
  )
  if (options.json) io.output.write(`${JSON.stringify(booksJson(books))}\n`)
  else io.output.write(`${printBooks(books, paintFor(io.output)).join('\n')}\n${untilIdle ? `\n${NEXT}` : ''}`)
  return ExitCode.Done
}
