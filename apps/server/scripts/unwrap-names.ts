import { type CallExpression, type Expression, parse } from 'acorn'
import { simple } from 'acorn-walk'

interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
}

/**
 * Removes the calls that esbuild inserts to keep the names of functions, except for renamed declarations and for classes. A
 * function that is created in each request would call `Object.defineProperty` each time; most functions have their name anyway.
 */
export function unwrapNames(code: string): string {
  const edits: Edit[] = []
  const program = parse(code, { ecmaVersion: 'latest', sourceType: 'module', allowHashBang: true })
  simple(program, {
    CallExpression(call) {
      const named = needlesslyNamed(call)
      if (named === undefined) return
      // The parentheses do not prevent that a function is named after its variable.
      edits.push({ start: call.start, end: named.start, text: '(' })
      edits.push({ start: named.end, end: call.end, text: ')' })
    },
  })
  let position = 0
  const parts: string[] = []
  for (const { start, end, text } of edits.sort((left, right) => left.start - right.start)) {
    parts.push(code.slice(position, start), text)
    position = end
  }
  return [...parts, code.slice(position)].join('')
}

/** The argument of a call of esbuild's helper that names a function expression, or a declaration that has this name. */
function needlesslyNamed({ callee, arguments: [named, name] }: CallExpression): Expression | undefined {
  if (callee.type !== 'Identifier' || callee.name !== '__name') return undefined
  const hasName = named?.type === 'Identifier' && name?.type === 'Literal' && named.name === name.value
  return hasName || named?.type === 'ArrowFunctionExpression' || named?.type === 'FunctionExpression'
    ? named
    : undefined
}
