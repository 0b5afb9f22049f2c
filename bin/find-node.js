// Plain JavaScript for any Node: the rest of Earshot is TypeScript that only Node 24 runs.
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const WANTED_MAJOR = 24

/**
 * Path of a Node that can run Earshot: this one, else that of the optional npm package for this platform; null when neither is
 * there. Those packages hold the program and need no install script; there is none for Macs with an Apple chip.
 */
export function findNode() {
  if (Number(process.versions.node.split('.')[0]) >= WANTED_MAJOR) return process.execPath
  const windows = process.platform === 'win32'
  try {
    const name = `node-${windows ? 'win' : process.platform}-${process.arch}`
    const folder = dirname(createRequire(import.meta.url).resolve(`${name}/package.json`))
    const path = join(folder, 'bin', windows ? 'node.exe' : 'node')
    return existsSync(path) ? path : null
  } catch {
    return null // the optional dependency was not installed: the caller says what to do
  }
}

/** What a person can do when no Node is new enough. */
export function missingNodeMessage() {
  const chip = process.platform === 'darwin' && process.arch === 'arm64'
  const remedy = chip
    ? 'On a Mac with an Apple chip install Node 24 or newer from https://nodejs.org (or: brew install node@24).'
    : 'Install Node 24 or newer from https://nodejs.org, or run "npm install" again without --omit=optional.'
  return `earshot: this is Node ${process.versions.node}, and Earshot needs Node ${WANTED_MAJOR} or newer.\n${remedy}`
}
