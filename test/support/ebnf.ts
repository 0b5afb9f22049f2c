/** A grammar in the notation of the W3C, as far as a page of ours uses it, read to derive texts from it. */
export type Expression =
  | { readonly is: 'text'; readonly text: string }
  | { readonly is: 'rule'; readonly name: string }
  | { readonly is: 'sequence' | 'choice'; readonly parts: readonly Expression[] }
  | { readonly is: '?' | '*' | '+'; readonly of: Expression }

export type Grammar = ReadonlyMap<string, Expression>

export function readGrammar(source: string): Grammar {
  const rules = source.trim().split(/\n(?=\w+\s*::=)/)
  return new Map(
    rules.map((rule) => {
      const [, name, body] = /^(\w+)\s*::=([\s\S]*)$/.exec(rule)!
      const symbols = body!.match(/"[^"]*"|'[^']*'|\w+|\S/g)!
      const read = readChoice(symbols)
      if (symbols.length > 0) throw new Error(`${name}: ${symbols.join(' ')} is left over`)
      return [name!, read]
    }),
  )
}

/** Takes what it reads from the front of `symbols`. */
function readChoice(symbols: string[]): Expression {
  const parts = [readSequence(symbols)]
  while (symbols[0] === '|') {
    symbols.shift()
    parts.push(readSequence(symbols))
  }
  return parts.length === 1 ? parts[0]! : { is: 'choice', parts }
}

function readSequence(symbols: string[]): Expression {
  const parts: Expression[] = []
  while (symbols.length > 0 && symbols[0] !== '|' && symbols[0] !== ')') {
    const symbol = symbols.shift()!
    let part: Expression
    if (symbol === '(') {
      part = readChoice(symbols)
      if (symbols.shift() !== ')') throw new Error('a bracket is never closed')
    } else if (/^["']/.test(symbol)) part = { is: 'text', text: symbol.slice(1, -1) }
    else if (/^\w+$/.test(symbol)) part = { is: 'rule', name: symbol }
    else throw new Error(`${symbol} is not expected`)
    while (symbols[0] !== undefined && /^[?*+]$/.test(symbols[0])) part = { is: symbols.shift() as '?', of: part }
    parts.push(part)
  }
  return { is: 'sequence', parts }
}

export interface Derivation {
  readonly grammar: Grammar
  /** Examples of the rules that the grammar leaves to words. */
  readonly samples: Readonly<Record<string, readonly string[]>>
  /** What may stand between the parts of rules in small letters. */
  readonly blanks: readonly string[]
  readonly random: () => number
}

const DEEP = 12

/** A text that the grammar allows for a rule. In depth it takes the first alternative and leaves out what it may. */
export function derive(derivation: Derivation, name: string, depth = 0): string {
  const { grammar, samples, blanks, random } = derivation
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!
  const rule = grammar.get(name)
  if (rule === undefined) {
    if (samples[name] === undefined) throw new Error(`${name} is neither a rule nor a sample`)
    return pick(samples[name])
  }
  const isSpaced = name === name.toLowerCase()
  const text = (expression: Expression): string => {
    switch (expression.is) {
      case 'text':
        return expression.text
      case 'rule':
        return derive(derivation, expression.name, depth + 1)
      case 'choice':
        return text(depth > DEEP ? expression.parts[0]! : pick(expression.parts))
      case 'sequence':
        return joined(expression.parts.map(text))
      default: {
        const least = expression.is === '+' ? 1 : 0
        const most = depth > DEEP ? least : expression.is === '?' ? 1 : 2
        return joined(
          Array.from({ length: least + Math.floor(random() * (most - least + 1)) }, () => text(expression.of)),
        )
      }
    }
  }
  const joined = (parts: readonly string[]): string =>
    parts
      .filter((part) => part !== '')
      .reduce((all, part) => (all === '' ? part : all + (isSpaced ? pick(blanks) : '') + part), '')
  return text(rule)
}
