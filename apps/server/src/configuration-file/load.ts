import { createHash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import type { ValidateFunction } from 'ajv'
import { messageOf } from '../logging/failure.ts'
import { parseYaml } from './document.ts'
import { type Item, type KindName, kindNames } from './kind.ts'
import { fieldOf, InvalidFileError, type Path, type Problem } from './problem.ts'
import { resolveReferences } from './references.ts'

export interface FileContent extends Readonly<Partial<Record<Exclude<KindName, 'settings'>, readonly Item[]>>> {
  readonly revision?: number
  readonly enforce?: boolean
  readonly prune?: boolean | { readonly revision: number }
  readonly settings?: Item
}

/** A configuration file that has been read. It can be applied only if it has no problems. */
export interface ConfigurationFile {
  readonly source: string
  /** Without the folder. */
  readonly name: string
  /** SHA-256 of the text and of the values that it refers to. */
  readonly digest: string
  /** Matches the schema: without the values that have a problem. */
  readonly content: FileContent
  /** Every problem that can be found without the database. */
  readonly problems: readonly Problem[]
  hasProblem(item: Path): boolean
  problem(path: Path, message: string): Problem
}

export interface LoadOptions {
  readonly path: string
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly schema: FileSchema
  /** Whether the file may be a pipe, for example of `<(sops -d pocket.yaml)`. A pipe without a writer blocks the process. */
  readonly allowsPipe?: boolean
  /** The text of the file, if it was read already: a second read could find it half written. */
  readonly text?: string
}

export interface FileSchema {
  readonly validate: ValidateFunction<FileContent>
  readonly describe: (error: NonNullable<ValidateFunction['errors']>[number]) => { path: Path; message: string }
}

/** Bytes. */
const maxSize = 10_000_000
const maxReferencedSize = 1_000_000

/** Reads and validates the file. @throws {InvalidFileError} if it cannot be read or is not YAML */
export function loadFile({ path, environment, schema, allowsPipe, text: readBefore }: LoadOptions): ConfigurationFile {
  const text = readBefore ?? readText(path, allowsPipe)
  const document = parseYaml(path, text)
  // A program that writes the file empties it first.
  if (document.content === null)
    throw new InvalidFileError(path, [
      { line: 1, column: 1, field: '', message: 'the file is empty; to declare nothing, write {}' },
    ])
  const found: { readonly at: Path; readonly problem: Problem }[] = []
  const report = (at: Path, message: string) => found.push({ at, problem: document.problem(at, message) })
  const resolved = resolveReferences(document.content, {
    environment,
    readFile: (file) => readBoundedFile(file, { maxBytes: maxReferencedSize, allowsPipe: false }),
    folder: dirname(path),
    report,
  })
  const { validate, describe } = schema
  if (!validate(resolved))
    for (const error of validate.errors ?? []) {
      const { path: at, message } = describe(error)
      report(at, message)
    }
  const content = withoutValuesAt(
    found.map(({ at }) => at),
    resolved,
  )
  reportDuplicates(content, report)
  const items = new Set(found.flatMap(({ at }) => [fieldOf(at.slice(0, 1)), fieldOf(at.slice(0, 2))]))
  return {
    source: path,
    name: basename(path).slice(0, 255),
    digest: createHash('sha256')
      .update(text + JSON.stringify(resolved))
      .digest('base64url'),
    content,
    problems: unique(found.map(({ problem }) => problem)),
    hasProblem: (item) => items.has(fieldOf(item)),
    problem: document.problem,
  }
}

/** @throws {InvalidFileError} if the file cannot be read */
export function readText(path: string, allowsPipe = false): string {
  try {
    return readBoundedFile(path, { maxBytes: maxSize, allowsPipe })
  } catch (error) {
    throw new InvalidFileError(path, [
      { line: 1, column: 1, field: '', message: `the file cannot be read (${messageOf(error)})` },
    ])
  }
}

/** Reading a pipe or a device could take forever. */
function readBoundedFile(
  path: string,
  { maxBytes, allowsPipe }: { readonly maxBytes: number; readonly allowsPipe: boolean },
): string {
  const stats = statSync(path)
  if (!stats.isFile() && !(allowsPipe && stats.isFIFO())) throw new Error('not a regular file')
  if (stats.size > maxBytes) throw new Error(`larger than ${maxBytes} bytes`)
  return readFileSync(path, 'utf8')
}

/** One problem for each position: alternatives of a schema report several. */
function unique(problems: readonly Problem[]): readonly Problem[] {
  return [
    ...new Map(problems.map((problem) => [`${problem.line}:${problem.column}:${problem.field}`, problem])).values(),
  ]
}

/** The content without the members of items, or of the file, that contain these values. Keys stay, because other items refer to them. */
function withoutValuesAt(paths: readonly Path[], resolved: unknown): FileContent {
  if (!isObject(resolved)) return {}
  const content: Record<string, unknown> = structuredClone(resolved)
  for (const [kind = '', member, field] of paths) {
    const list = content[kind]
    const item = Array.isArray(list) ? list[Number(member)] : undefined
    const isKey = kindNames.some(({ name, key }) => name === kind && key === field)
    if (isObject(item) && field !== undefined) {
      if (!isKey || typeof item[field] !== 'string') Reflect.deleteProperty(item, field)
    } else if (Array.isArray(list) && member !== undefined) list[Number(member)] = {}
    else if (isObject(list) && member !== undefined) Reflect.deleteProperty(list, member)
    else Reflect.deleteProperty(content, kind)
  }
  // The cast is safe: all values that the schema rejects were removed.
  return content as FileContent
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Reports two items with the same identity, also by `previously`. */
function reportDuplicates(content: FileContent, report: (at: Path, message: string) => void): void {
  for (const kind of kindNames) {
    const items = kind.name === 'settings' ? [] : (content[kind.name] ?? [])
    const seen = new Set<string>()
    for (const field of [kind.key, 'previously'])
      for (const [index, item] of items.entries()) {
        const key = item[field]
        if (typeof key !== 'string') continue
        if (seen.has(key.toLowerCase())) report([kind.name, index, field], 'occurs more than once')
        seen.add(key.toLowerCase())
      }
  }
}
