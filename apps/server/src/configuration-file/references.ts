import { resolve } from 'node:path'
import { messageOf } from '../logging/failure.ts'
import type { Path } from './problem.ts'

export interface ReferenceSources {
  readonly environment: Readonly<Record<string, string | undefined>>
  /** @throws file system errors */
  readonly readFile: (path: string) => string
  /** Relative paths of `file:` are resolved against it. */
  readonly folder: string
  readonly report: (path: Path, message: string) => void
}

const variable = /\$\{[A-Za-z_][A-Za-z0-9_]*\}/g
const escapableVariable = /(\$?)\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g

/** Replaces `${NAME}` with an environment variable, and a string `file:PATH` with the content of the file. */
export function resolveReferences(value: unknown, sources: ReferenceSources, path: Path = []): unknown {
  if (typeof value === 'string') return resolveText(value, sources, path)
  if (Array.isArray(value)) return value.map((item, index) => resolveReferences(item, sources, [...path, index]))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, resolveReferences(member, sources, [...path, name])]),
  )
}

/** The opposite: user input must not become a reference when an export is applied. */
export function escapeReferences(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll(variable, '$$$&').replace(/^\$*file:/, '$$$&')
  if (Array.isArray(value)) return value.map(escapeReferences)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, escapeReferences(member)]))
}

function resolveText(text: string, { environment, readFile, folder, report }: ReferenceSources, path: Path): string {
  if (text.startsWith('file:')) {
    const file = resolve(folder, text.slice('file:'.length))
    try {
      return readFile(file).replace(/\r?\n$/, '')
    } catch (error) {
      report(path, `names a file that cannot be read (${messageOf(error)})`)
      return text
    }
  }
  // `$${NAME}` and `$file:` stand for the strings without the first character.
  return text.replace(/^\$(?=\$*file:)/, '').replaceAll(escapableVariable, (match, prefix: string, name: string) => {
    if (prefix !== '') return match.slice(1)
    const value = environment[name]
    if (value === undefined || value === '') report(path, `names the variable ${name}, which is not set`)
    return value ?? match
  })
}
