import type { CustomClaim } from '@pocket/directory'
import type { Control } from './fields.ts'

// Converts a setting between its stored and displayed form; the conversions are inverse.

/** The displayed value: contract values are strings, other settings are JSON. */
export function shownValue({ kind }: Control, value: unknown): string {
  if (kind === 'secret') return ''
  if (kind === 'lines') return listOf(value).join('\n')
  if (kind === 'claims') return claimLines(typeof value === 'string' ? value : '')
  return String(value)
}

/** Converts form input to a contract setting. */
export function contractValue({ kind }: Control, entered: string): string {
  if (kind === 'lines') return JSON.stringify(linesOf(entered))
  if (kind === 'claims') return claimList(entered)
  return entered
}

/** Converts form input to the JSON value of another setting. */
export function ownValue({ kind }: Control, entered: string): unknown {
  if (kind === 'lines') return linesOf(entered)
  if (kind === 'number') return Number(entered)
  return kind === 'switch' ? entered === 'true' : entered
}

function linesOf(entered: string): readonly string[] {
  return entered.split(/[\r\n]+/).flatMap((line) => line.trim() || [])
}

function listOf(value: unknown): readonly string[] {
  const list: unknown = typeof value === 'string' ? JSON.parse(value || '[]') : value
  return Array.isArray(list) ? list.map(String) : []
}

/** One claim per line if possible, otherwise the stored JSON. */
function claimLines(stored: string): string {
  // Validated when it was stored.
  const claims: readonly CustomClaim[] = JSON.parse(stored || '[]')
  const lines = claims.map(({ key, value }) => `${key} = ${value}`).join('\n')
  return claimList(lines) === JSON.stringify(claims.map(({ key, value }) => ({ key, value }))) ? lines : stored
}

function claimList(entered: string): string {
  if (entered.trim().startsWith('[')) return entered.trim()
  const claims = linesOf(entered).map((line): CustomClaim => {
    const at = line.indexOf('=')
    return at < 0 ? { key: line, value: '' } : { key: line.slice(0, at).trim(), value: line.slice(at + 1).trim() }
  })
  return JSON.stringify(claims)
}
