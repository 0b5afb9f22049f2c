#!/usr/bin/env node
// Runs a script under a Node that is new enough: `node bin/with-node.js SCRIPT [ARG ...]`.
import { runWithNode } from './run-with-node.js'

await runWithNode(process.argv.slice(2))
