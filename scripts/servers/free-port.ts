import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

/** How far from the port that we give a server opens another one: Kafka's controller, Elasticsearch's transport. */
const NEIGHBOURS = [1, 100]
const TRIES = 50
/** Below where systems take the ports of connections (Linux from 32768 on): one would sit on the port of a server that is restarted. */
const LOWEST = 15_000
const HIGHEST = 32_000

/** Of this process: they are not taken until their servers have started. */
const handedOut = new Set<number>()

/** A port of the loopback that nobody uses now, with free neighbours for servers that take two. */
export async function freePort(): Promise<number> {
  for (let n = 0; n < TRIES; n++) {
    const port = randomInt(LOWEST, HIGHEST)
    const all = [port, ...NEIGHBOURS.map((distance) => port + distance)]
    if (all.some((one) => handedOut.has(one)) || !(await Promise.all(all.map(isFree))).every(Boolean)) continue
    for (const one of all) handedOut.add(one)
    return port
  }
  throw new Error(`no free port among ${TRIES}`)
}

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
