import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'
import { type CommandIo, ExitCode } from './command-io.ts'
import { writeLines } from './terminal/columns.ts'

/** After Ctrl-C a command has this long to end cleanly; a second one ends it at once. */
const GRACE_MS = 15_000
/** One Ctrl-C comes several times: from the terminal, and passed on by npm and by our launcher. */
const ECHO_MS = 500

/**
 * Runs a command with the standard streams, and turns how it ends into what people read and an exit code: 0 done, 1 failed,
 * 2 usage or configuration, 130 interrupted.
 */
export async function runCommand(command: (io: CommandIo) => Promise<ExitCode> | Promise<void>): Promise<void> {
  const interrupted = new AbortController()
  let interruptedAt = Number.POSITIVE_INFINITY
  const interrupt = () => {
    if (interrupted.signal.aborted) {
      if (performance.now() - interruptedAt > ECHO_MS) process.exit(ExitCode.Interrupted)
      return
    }
    interrupted.abort()
    interruptedAt = performance.now()
    setTimeout(() => process.exit(ExitCode.Interrupted), GRACE_MS).unref()
  }
  process.on('SIGINT', interrupt)
  process.on('SIGTERM', interrupt)
  // A reader that has gone (`| head`) is no failure.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(ExitCode.Done)
      throw error
    })
  }
  const io = { input: process.stdin, output: process.stdout, errors: process.stderr, signal: interrupted.signal }
  try {
    const code = (await command(io)) ?? ExitCode.Done
    process.exitCode = interrupted.signal.aborted && code === ExitCode.Done ? ExitCode.Interrupted : code
  } catch (error) {
    process.exitCode = report(error)
  } finally {
    process.off('SIGINT', interrupt)
    process.off('SIGTERM', interrupt)
  }
}

function report(error: unknown): ExitCode {
  if (error instanceof SuppressedError) {
    // What failed first decides; what failed while everything was being closed is told as well.
    const code = report(error.suppressed)
    process.stderr.write(`earshot: while it ended: ${messageOf(error.error)}\n`)
    return code
  }
  if (error instanceof PipelineError) {
    writeLines(process.stderr, `earshot: ${error.message}`.split('\n'))
    return error.class === ErrorClass.Config ? ExitCode.Usage : ExitCode.Failed
  }
  process.stderr.write(
    'earshot: this is a bug in Earshot; nothing was committed, a restart reads again. Please report:\n',
  )
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
  return ExitCode.Failed
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
