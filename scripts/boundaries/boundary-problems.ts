import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { posix, relative, resolve, sep } from 'node:path'
import { readSource } from './read-source.ts'
import { deepOnly, environmentReaders, homes, layers, pure, pureBuiltins, timeReaders } from './rules.ts'

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
}

/** Every line of the tree below `root` that imports, or reads, what its folder may not; `path:line: reason`. */
export function boundaryProblems(root: string): string[] {
  const manifest = JSON.parse(readFileSync(resolve(root, 'package.json'), 'utf8')) as Manifest
  const files = sourceFiles(root)
  if (files.length === 0) throw new Error(`${root} holds no source file`)
  return files.flatMap((file) => fileProblems(root, file, manifest))
}

/** Paths from the root with `/`, of the folders that hold code; a folder with code and no rule is a problem of its own. */
function sourceFiles(root: string): string[] {
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !/^(?:\.|node_modules$|dist$|coverage$)/.test(entry.name))
    .flatMap(({ name }) => readdirSync(resolve(root, name), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && /\.[mc]?ts$/.test(entry.name))
    .map((entry) => relative(root, resolve(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort()
}

function fileProblems(root: string, file: string, manifest: Manifest): string[] {
  const layer = layers.find(({ prefix }) => file.startsWith(prefix))
  if (!layer) return [`${file}:1: no rule says what this folder may import: add it to scripts/boundaries/rules.ts`]
  const uses = readSource(readFileSync(resolve(root, file), 'utf8'))
  const free = layer.imports === 'everything'
  const problems: { readonly line: number; readonly reason: string }[] = []
  for (const { specifier, line, loaded } of uses.imports) {
    const reason = /^[.#]/.test(specifier)
      ? edgeProblem(root, file, layer, specifier, loaded)
      : packageProblem(file, specifier, free, manifest)
    if (reason !== null) problems.push({ line, reason })
  }
  if (!startsWithAny(file, environmentReaders)) {
    for (const line of uses.environment) problems.push({ line, reason: 'only infra/config reads process.env' })
  }
  if (!startsWithAny(file, timeReaders)) {
    for (const line of uses.time)
      problems.push({ line, reason: 'only infra/runtime/system-clock.ts reads the time: take a Clock' })
  }
  return problems.toSorted((a, b) => a.line - b.line).map(({ line, reason }) => `${file}:${line}: ${reason}`)
}

function edgeProblem(
  root: string,
  file: string,
  layer: (typeof layers)[number],
  specifier: string,
  loaded: boolean,
): string | null {
  const target = specifier.startsWith('#') ? specifier.slice(1) : posix.join(posix.dirname(file), specifier)
  if (!existsSync(resolve(root, target))) return loaded ? `${specifier} is not there` : null
  const { prefix, imports } = layer
  if (imports === 'everything' || target.startsWith(prefix) || startsWithAny(target, imports)) return null
  return `${prefix} may not import ${target}`
}

function packageProblem(file: string, specifier: string, free: boolean, manifest: Manifest): string | null {
  const builtin = specifier.startsWith('node:')
  const name = builtin ? specifier : specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
  if (!builtin && builtinModules.includes(name)) return `write node:${name}`
  if (deepOnly.includes(specifier)) return `import a file of ${name}, not its root`
  const declared = manifest.dependencies?.[name] !== undefined
  if (!builtin && !declared && !(free && manifest.devDependencies?.[name] !== undefined)) {
    return `${name} is not in the dependencies of package.json`
  }
  if (free) return null
  const allowed = homes[name]
  if (allowed && !startsWithAny(file, allowed)) return `${name} may only be used in ${allowed.join(', ') || 'scripts/'}`
  if (builtin && startsWithAny(file, pure) && !pureBuiltins.includes(name))
    return `${name} has no place in a pure folder`
  return null
}

const startsWithAny = (path: string, prefixes: readonly string[]): boolean =>
  prefixes.some((prefix) => path.startsWith(prefix))
