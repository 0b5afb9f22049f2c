import { serveWorker } from './serve-worker.ts'
import { StateStore, type StateStoreOptions } from './state-store.ts'

serveWorker((options: StateStoreOptions) => new StateStore(options))
