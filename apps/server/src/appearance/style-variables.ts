/** The variables of `web/styles/tokens.css` that an operator may set; `docs/guides/appearance.md` describes them. */
export const styleVariables = [
  '--paper',
  '--surface',
  '--sunken',
  '--line',
  '--line-strong',
  '--ink',
  '--ink-2',
  '--danger',
  '--danger-soft',
  '--warn',
  '--warn-soft',
  '--sans',
  '--mono',
  '--r1',
  '--r2',
  '--r3',
  '--control',
] as const

export interface StyleVariable {
  readonly name: string
  readonly value: string
}

/**
 * Parses `--name: value` pairs, separated by semicolons or line breaks. The values are written to a style sheet, so they
 * must not contain anything that ends the declaration or loads a resource.
 *
 * @returns the valid variables, and the position of the first invalid entry, not counting empty ones
 */
export function readStyleVariables(text: string): {
  readonly variables: readonly StyleVariable[]
  readonly wrong: { readonly line: number; readonly text: string } | null
} {
  const lines = text.split(/[\r\n;]+/).flatMap((line) => line.trim() || [])
  const read = lines.map(variableOf)
  const at = read.indexOf(undefined)
  return {
    variables: read.filter((variable) => variable !== undefined),
    wrong: at < 0 ? null : { line: at, text: lines[at] ?? '' },
  }
}

function variableOf(line: string): StyleVariable | undefined {
  const [, name = '', value = ''] = /^(--[a-z0-9-]+)\s*:\s*(.+?)$/.exec(line) ?? []
  const isKnown = styleVariables.some((known) => known === name)
  return isKnown && isHarmless(value) ? { name, value } : undefined
}

function isHarmless(value: string): boolean {
  if (
    !/^[\w#().,%/ +*"'-]{1,300}$/.test(value) ||
    value.includes('/*') ||
    /(?:url|image|image-set|src)\s*\(/i.test(value)
  )
    return false
  const unquoted = value.replaceAll(/"[^"]*"|'[^']*'/g, '')
  if (/["']/.test(unquoted)) return false
  let depth = 0
  for (const character of unquoted) {
    if (character === '(') depth += 1
    if (character === ')') depth -= 1
    if (depth < 0) return false
  }
  return depth === 0
}
