import { LogStore, type LogStoreOptions } from './log-store.ts'
import { serveWorker } from './serve-worker.ts'

serveWorker((options: LogStoreOptions) => new LogStore(options))
