import { once } from 'node:events'
import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'
import { ExitCode } from '#scripts/command-io.ts'
import { runCommand } from '#scripts/run-command.ts'

/** Runs a command that ends in the way that the first argument says. */
const [, , how] = process.argv
const failure = (errorClass: ErrorClass) => new PipelineError(errorClass, 'CODE', 'what to do about it')

await runCommand(async ({ output, signal }) => {
  switch (how) {
    case 'failed':
      return ExitCode.Failed
    case 'config':
      throw failure(ErrorClass.Config)
    case 'permanent':
      throw failure(ErrorClass.Permanent)
    case 'bug':
      throw new TypeError('a bug')
    case 'twice': {
      // `await using` makes this of a failure whose cleaning up fails as well.
      throw new SuppressedError(new Error('the store had gone'), failure(ErrorClass.Config))
    }
    case 'stop':
    case 'stubborn': {
      const busy = setInterval(() => {}, 1_000)
      output.write('ready\n')
      await once(signal, 'abort')
      if (how === 'stop') clearInterval(busy)
      else output.write('stopping\n')
      await new Promise<void>((resolve) => how === 'stop' && resolve())
      return ExitCode.Done
    }
    case 'echoed': {
      const busy = setInterval(() => {}, 1_000)
      const echo = once(process, 'SIGTERM')
      output.write('ready\n')
      await once(signal, 'abort')
      await echo
      clearInterval(busy)
      output.write('stopped\n')
      return ExitCode.Done
    }
    case 'talk':
      for (;;) {
        output.write(`${'x'.repeat(1_000)}\n`)
        await new Promise(setImmediate)
      }
    default:
      output.write('done\n')
      return ExitCode.Done
  }
})
