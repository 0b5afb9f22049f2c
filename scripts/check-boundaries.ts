/** Fails on every import across a boundary that DESIGN §3 draws. */
import { fileURLToPath } from 'node:url'
import { boundaryProblems } from './boundaries/boundary-problems.ts'

// Node's own type stripping, which tells on stderr that it is experimental.
process.removeAllListeners('warning')

const problems = boundaryProblems(fileURLToPath(new URL('../', import.meta.url)))
for (const problem of problems) console.error(problem)
if (problems.length > 0) process.exitCode = 1
