import { stripTypeScriptTypes } from 'node:module'
import { parseAst } from 'vite'

/** What a source file takes from outside, each with its line. */
export interface SourceUses {
  /** `loaded`: the program does not start without it, while of a type the compiler tells, and a URL may lead anywhere. */
  readonly imports: readonly { readonly specifier: string; readonly line: number; readonly loaded: boolean }[]
  readonly environment: readonly number[]
  readonly time: readonly number[]
}

interface AstNode {
  readonly type: string
  readonly start: number
  readonly [key: string]: unknown
}

/** Type-only imports, which are gone once the types are stripped. */
const TYPE_IMPORTS = [
  /^\s*(?:import|export)\s+type\b[^'"]*?\bfrom\s*['"]([^'"]+)['"]/gm,
  /\bimport\(\s*['"]([^'"]+)['"]\s*\)\s*\./g,
]

/** Reads the imports of a TypeScript file (static, dynamic, type-only, files of workers) and its looks at environment and time. */
export function readSource(text: string): SourceUses {
  const lineOf = (offset: number): number => text.slice(0, offset).split('\n').length
  const imports = TYPE_IMPORTS.flatMap((pattern) =>
    [...text.matchAll(pattern)].map((match) => ({
      specifier: match[1]!,
      line: lineOf(match.index + match[0].length),
      loaded: false,
    })),
  )
  const environment: number[] = []
  const time: number[] = []
  walk(parseAst(stripTypeScriptTypes(text)) as unknown as AstNode, (node) => {
    const line = (): number => lineOf(node.start)
    const specifier = importOf(node)
    if (specifier !== null) imports.push({ specifier, line: line(), loaded: node.type !== 'NewExpression' })
    if (isMember(node, 'process', 'env') || importsName(node, 'process', 'env')) environment.push(line())
    if (isMember(node, 'Date', 'now') || isBareDate(node)) time.push(line())
  })
  return { imports, environment, time }
}

function importOf(node: AstNode): string | null {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportAllDeclaration':
    case 'ExportNamedDeclaration':
    case 'ImportExpression':
      return literal(node.source)
    case 'CallExpression':
      return isNamed(node.callee, 'require') ? literal((node.arguments as AstNode[])[0]) : null
    case 'NewExpression': {
      const [path] = node.arguments as AstNode[]
      const text = isNamed(node.callee, 'URL') ? literal(path) : null
      return text?.startsWith('.') && /\.[jt]s$/.test(text) ? text : null
    }
    default:
      return null
  }
}

/** `Date()` and `new Date()` read the clock; `new Date(ms)` does not. */
function isBareDate(node: AstNode): boolean {
  if (!isNamed(node.callee, 'Date')) return false
  return node.type === 'CallExpression' || (node.type === 'NewExpression' && (node.arguments as unknown[]).length === 0)
}

/** `object.property`, `object['property']` and `globalThis.object.property`. */
function isMember(node: AstNode, object: string, property: string): boolean {
  if (node.type !== 'MemberExpression') return false
  const owner = node.object as AstNode
  const owned = isNamed(owner, object) || (owner.type === 'MemberExpression' && isNamed(owner.property, object))
  return owned && (isNamed(node.property, property) || literal(node.property) === property)
}

/** `import { env } from 'node:process'`, and the same by destructuring. */
function importsName(node: AstNode, object: string, property: string): boolean {
  if (node.type === 'ImportDeclaration') {
    const specifiers = node.specifiers as AstNode[]
    return literal(node.source) === `node:${object}` && specifiers.some(({ imported }) => isNamed(imported, property))
  }
  if (node.type !== 'VariableDeclarator' || !isNamed(node.init, object)) return false
  const { type, properties } = node.id as AstNode
  return type === 'ObjectPattern' && (properties as AstNode[]).some(({ key }) => isNamed(key, property))
}

const isNode = (value: unknown): value is AstNode =>
  typeof value === 'object' && value !== null && typeof (value as AstNode).type === 'string'

const isNamed = (value: unknown, name: string): boolean =>
  isNode(value) && value.type === 'Identifier' && value.name === name

const literal = (value: unknown): string | null =>
  isNode(value) && value.type === 'Literal' && typeof value.value === 'string' ? value.value : null

function walk(node: AstNode, visit: (node: AstNode) => void): void {
  visit(node)
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) walk(child, visit)
  }
}
