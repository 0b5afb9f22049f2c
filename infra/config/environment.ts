import type { KeyPath } from './yaml-places.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** The variables of this process. Nothing else in the project reads them. */
export const processEnvironment = (): Environment => process.env

export interface Substitution {
  readonly value: unknown
  /** Variables that are not set, with the place where they are wanted. */
  readonly missing: readonly { readonly path: KeyPath; readonly variable: string }[]
}

const REFERENCE = /\$(?:\$(?=\{)|\{([A-Za-z_][A-Za-z0-9_]*)\})/g

/** The same value with every `${NAME}` inside a string replaced; `$${` stands for a plain `${`. */
export function substitute(value: unknown, environment: Environment): Substitution {
  const missing: { path: KeyPath; variable: string }[] = []
  const walk = (part: unknown, path: KeyPath): unknown => {
    if (typeof part === 'string') {
      return part.replace(REFERENCE, (_, variable: string | undefined) => {
        if (variable === undefined) return '$'
        const found = environment[variable]
        if (found === undefined || found === '') missing.push({ path, variable })
        return found ?? ''
      })
    }
    if (Array.isArray(part)) return part.map((item, index) => walk(item, [...path, index]))
    if (typeof part === 'object' && part !== null) {
      return Object.fromEntries(Object.entries(part).map(([key, item]) => [key, walk(item, [...path, key])]))
    }
    return part
  }
  return { value: walk(value, []), missing }
}

/** True for a string that is nothing but one `${NAME}`. */
export const isReference = (text: string): boolean => /^\$\{[A-Za-z_][A-Za-z0-9_]*\}$/.test(text)
