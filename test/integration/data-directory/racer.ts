/** Takes a data directory as soon as it can, proves that it is alone in it, and dies without letting go. */
import { appendFile, open, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { PipelineError } from '#infra/contracts/errors.ts'
import { openDataDirectory } from '#infra/filesystem/data-directory.ts'
import { systemClock } from '#infra/runtime/system-clock.ts'

const [directory, outside] = process.argv.slice(2) as [string, string]

for (;;) {
  try {
    await openDataDirectory(directory, { write: true, clock: systemClock })
    break
  } catch (error) {
    if (!(error instanceof PipelineError) || error.code !== 'DATA_IN_USE') throw error
  }
}
const alone = join(outside, 'alone')
await (await open(alone, 'wx')).close() // fails when another owner is inside
await appendFile(join(outside, 'owners'), `${process.pid}\n`)
await unlink(alone)
process.kill(process.pid, 'SIGKILL')
