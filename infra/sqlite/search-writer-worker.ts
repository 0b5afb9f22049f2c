import { SearchWriter } from './search-writer.ts'
import { serveWorker } from './serve-worker.ts'

serveWorker((options: { readonly path: string }) => new SearchWriter(options))
