#!/usr/bin/env node
// Finds a Node that is new enough and starts the command line: the sources in a checkout, compiled files in a package.
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { runWithNode } from './run-with-node.js'

const source = fileURLToPath(new URL('../scripts/cli.ts', import.meta.url))
const compiled = fileURLToPath(new URL('../dist/scripts/cli.js', import.meta.url))

await runWithNode([existsSync(source) ? source : compiled, ...process.argv.slice(2)])
