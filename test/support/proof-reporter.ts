import { join, relative, sep } from 'node:path'
import type { Reporter, TestModule } from 'vitest/node'

const TESTS = join(import.meta.dirname, '..')

/** Of each server; suites of one with several run in a project for each. */
type Versions = Readonly<Record<string, readonly string[]>>

/** Says at the end which suite proved which adapter on which server version; `EARSHOT_PROOF` holds the versions. */
export class ProofReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const versions = JSON.parse(process.env.EARSHOT_PROOF ?? '{}') as Versions
    const rows = modules.map((module) => rowOf(module, versions)).sort((a, b) => a.what.localeCompare(b.what))
    const width = Math.max(0, ...rows.map(({ what }) => what.length))
    const lines = rows.map(({ what, result, on }) => `  ${what.padEnd(width)}  ${result} on ${on}`)
    process.stdout.write(`\nproved on real servers\n${lines.join('\n')}\n`)
  }
}

/** What vitest looks for in a reporter's file. */
// biome-ignore lint/style/noDefaultExport: vitest loads a reporter by its default export
export default ProofReporter

function rowOf(module: TestModule, versions: Versions) {
  const [what = '', server = ''] = relative(TESTS, module.moduleId).replaceAll(sep, '/').split('.')
  const counts = { passed: 0, failed: 0, skipped: 0, pending: 0 }
  for (const test of module.children.allTests()) counts[test.result().state]++
  // A file that does not load has no tests that could fail.
  const loads = module.errors().length === 0 ? '' : 'DOES NOT LOAD, '
  const result = `${loads}${counts.passed} passed, ${counts.failed} failed, ${counts.skipped + counts.pending} skipped`
  const place = Number(/\d+$/.exec(module.project.name)?.[0] ?? 1) - 1
  const on =
    versions[server]?.[place] ??
    Object.values(versions)
      .map(([first]) => first)
      .join(', ')
  return { what: `${what} (${server})`, result, on }
}
