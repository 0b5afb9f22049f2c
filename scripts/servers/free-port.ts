import { createServer } from 'node:net'

/** How far from the port that we give a server opens another one: Kafka's controller, Elasticsearch's transport. */
const NEIGHBOURS = [1, 100]
const TRIES = 50

/** Of this process: they are not taken until their servers have started. */
const handedOut = new Set<number>()

/** A port of the loopback that nobody uses now, with free neighbours for servers that take two. */
export async function freePort(): Promise<number> {
  for (let n = 0; n < TRIES; n++) {
    const port = await listenable(0)
    if (port === null || port + 100 > 65_535) continue
    const all = [port, ...NEIGHBOURS.map((distance) => port + distance)]
    if (all.some((one) => handedOut.has(one))) continue
    const others = await Promise.all(NEIGHBOURS.map((distance) => listenable(port + distance)))
    if (others.some((other) => other === null)) continue
    for (const one of all) handedOut.add(one)
    return port
  }
  throw new Error(`no free port among ${TRIES}`)
}

/** The port when it can be listened on (0: any); null when it is taken. */
const listenable = (port: number): Promise<number | null> =>
  new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(null))
    server.listen(port, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : null))
    })
  })
