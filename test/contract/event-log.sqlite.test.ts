import { join } from 'node:path'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { describeEventLogContract } from './event-log.ts'
import { open } from './openers/sqlite-event-log.ts'

describeEventLogContract('sqlite', async () => {
  const path = join(await temporaryFolder('event-log'), 'log.db')
  return {
    open: () => open(path),
    opener: { module: import.meta.resolve('./openers/sqlite-event-log.ts'), store: path },
  }
})
