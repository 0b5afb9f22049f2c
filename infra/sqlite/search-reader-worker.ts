import { SearchReader } from './search-reader.ts'
import { serveWorker } from './serve-worker.ts'

serveWorker((options: { readonly path: string }) => new SearchReader(options))
