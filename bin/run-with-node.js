import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { findNode, missingNodeMessage } from './find-node.js'

/** Runs `[script, ...args]` in this process when its Node is new enough, else in a child that gets our signals. */
export async function runWithNode([script, ...args]) {
  const node = findNode()
  if (node === null) {
    console.error(missingNodeMessage())
    process.exit(2)
  }
  if (node === process.execPath) {
    process.argv = [process.argv[0], resolve(script), ...args]
    await import(pathToFileURL(resolve(script)).href)
    return
  }
  const child = spawn(node, [script, ...args], { stdio: 'inherit' })
  // A terminal sends Ctrl-C to the whole group; a supervisor signals this process alone. The child decides when to end.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('error', () => {
    console.error(missingNodeMessage())
    process.exitCode = 2
  })
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + (constants.signals[signal] ?? 1)
  })
}
