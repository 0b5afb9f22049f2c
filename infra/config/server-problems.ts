import { isReference } from './environment.ts'
import { type Problem, SECRET_IN_THE_OPEN, valueAt } from './problems.ts'

const SERVERS = ['kafka', 'elasticsearch', 's3'] as const

const SECRETS = [
  ['kafka', 'sasl', 'password'],
  ['kafka', 'registry', 'auth', 'password'],
  ['elasticsearch', 'auth', 'password'],
  ['elasticsearch', 'auth', 'key'],
  ['s3', 'credentials', 'secretAccessKey'],
] as const

const ADDRESSES = [
  ['kafka', 'registry', 'url'],
  ['elasticsearch', 'url'],
  ['s3', 'endpoint'],
] as const

/** Servers that the mode wants and does not find, or the other way round, and their secrets in the open. */
export function serverProblems(written: unknown): Problem[] {
  const mode = valueAt(written, ['mode'])
  const problems: Problem[] = []
  for (const server of SERVERS) {
    const given = (valueAt(written, [server]) ?? null) !== null
    if (mode === 'distributed' && !given) {
      problems.push({ path: ['mode'], message: `distributed wants a part "${server}:" that says where it is` })
    }
    if ((mode === 'embedded' || mode === undefined) && given) {
      problems.push({ path: [server], atKey: true, message: 'is used with mode: distributed only' })
    }
  }
  for (const path of SECRETS) {
    const secret = valueAt(written, path)
    if (typeof secret === 'string' && !isReference(secret)) problems.push({ path, message: SECRET_IN_THE_OPEN })
  }
  for (const path of ADDRESSES) {
    const address = valueAt(written, path)
    if (typeof address === 'string' && /^https?:\/\/[^/]*@/.test(address)) {
      problems.push({
        path,
        message: `name and password do not belong in an address: write them under ${path.slice(0, -1).join('.')}`,
      })
    }
  }
  return problems
}
