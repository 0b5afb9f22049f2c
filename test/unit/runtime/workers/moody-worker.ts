import { serveWorkerPool } from '#infra/runtime/worker-pool.ts'

/** Does what it is told: `hang`, `die`, `throw`, or answers in capitals. */
serveWorkerPool<string, string>((request) => {
  if (request === 'hang') for (;;);
  if (request === 'die') process.exit(7)
  if (request === 'throw') throw new TypeError('as told')
  return { answer: request.toUpperCase(), transfer: [] }
})
