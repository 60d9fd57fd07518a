import { createHash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import type { ValidateFunction } from 'ajv'
import { messageOf } from '../logging/failure.ts'
import { type Document, parseYaml } from './document.ts'
import { type Item, type KindName, kindNames } from './kind.ts'
import { InvalidFileError, type Path, type Problem } from './problem.ts'
import { resolveReferences } from './references.ts'

/** The content of a configuration file. */
export interface FileContent extends Readonly<Partial<Record<Exclude<KindName, 'settings'>, readonly Item[]>>> {
  readonly revision?: number
  readonly enforce?: boolean
  readonly prune?: boolean | { readonly revision: number }
  readonly settings?: Item
}

/** A configuration file whose content matches the schema. */
export interface ConfigurationFile {
  readonly source: string
  /** Without the folder. */
  readonly name: string
  /** SHA-256 of the text, without the values that it refers to. */
  readonly digest: string
  /** Changes with the text and with the values that it refers to. */
  readonly fingerprint: string
  readonly content: FileContent
  problem(path: Path, message: string): Problem
}

export interface LoadOptions {
  readonly path: string
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly schema: FileSchema
}

/** Validates the content of a file. */
export interface FileSchema {
  readonly validate: ValidateFunction<FileContent>
  /** The problem of a schema error: its path and its message. */
  readonly describe: (error: NonNullable<ValidateFunction['errors']>[number]) => { path: Path; message: string }
}

/** Bytes. */
const maxSize = 10_000_000

/** Reads and validates the file. @throws {InvalidFileError} with every problem that can be found without the database */
export function loadFile({ path, environment, schema }: LoadOptions): ConfigurationFile {
  const text = readText(path)
  const document = parseYaml(path, text)
  const problems: Problem[] = []
  const content = resolveReferences(document.content ?? {}, {
    environment,
    readFile: (file) => readFileSync(file, 'utf8'),
    folder: dirname(path),
    report: (at, message) => problems.push(document.problem(at, message)),
  })
  const { validate, describe } = schema
  if (!validate(content)) {
    for (const error of validate.errors ?? []) {
      const { path: at, message } = describe(error)
      problems.push(document.problem(at, message))
    }
    throw new InvalidFileError(path, unique(problems))
  }
  problems.push(...duplicates(content, document))
  if (problems.length > 0) throw new InvalidFileError(path, problems)
  const { problem } = document
  const fingerprint = digestOf(text + JSON.stringify(content))
  return { source: path, name: basename(path).slice(0, 255), digest: digestOf(text), fingerprint, content, problem }
}

/** @throws {InvalidFileError} if the file cannot be read */
export function readText(path: string): string {
  try {
    if (statSync(path).size > maxSize) throw new Error(`larger than ${maxSize} bytes`)
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new InvalidFileError(path, [
      { line: 1, column: 1, field: '', message: `the file cannot be read (${messageOf(error)})` },
    ])
  }
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url')
}

/** One problem for each position: alternatives of a schema report several. */
function unique(problems: readonly Problem[]): readonly Problem[] {
  return [
    ...new Map(problems.map((problem) => [`${problem.line}:${problem.column}:${problem.field}`, problem])).values(),
  ]
}

/** Two items with the same identity, also by `previously`. */
function duplicates(content: FileContent, document: Document): readonly Problem[] {
  return kindNames.flatMap((kind) => {
    const items = kind.name === 'settings' ? [] : (content[kind.name] ?? [])
    const seen = new Set<string>()
    return [kind.key, 'previously'].flatMap((field) =>
      items.flatMap((item, index) => {
        const key = item[field]
        if (typeof key !== 'string') return []
        if (!seen.has(key.toLowerCase())) {
          seen.add(key.toLowerCase())
          return []
        }
        return [document.problem([kind.name, index, field], 'occurs more than once')]
      }),
    )
  })
}
