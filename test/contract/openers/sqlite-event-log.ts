import type { EventLog } from '#infra/contracts/event-log.ts'
import { systemClock } from '#infra/runtime/system-clock.ts'
import { openSqliteEventLog } from '#infra/sqlite/event-log.ts'

export const open = (path: string): Promise<EventLog> => openSqliteEventLog({ path, clock: systemClock })
