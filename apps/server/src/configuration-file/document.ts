import {
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Pair,
  parseDocument,
  stringify,
  visit,
  type YAMLMap,
  type Document as YamlDocument,
} from 'yaml'
import { fieldOf, InvalidFileError, type Path, type Problem } from './problem.ts'

/** A parsed YAML file that knows the position of each value. */
export interface Document {
  /** The content with the references to variables and files still in place. */
  readonly content: unknown
  problem(path: Path, message: string): Problem
}

/** @throws {InvalidFileError} if the text is not YAML */
export function parseYaml(source: string, text: string): Document {
  const lines = new LineCounter()
  // The library compares each key with all others, which takes minutes for a large map.
  const yaml = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false })
  const members = indexMembers()
  const positionAt = (offset: number) => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(line, 1), column: Math.max(col, 1) }
  }
  const refuse = (problems: readonly { readonly offset: number; readonly message: string }[]) => {
    const found = problems.map(({ offset, message }) => ({ ...positionAt(offset), field: '', message }))
    if (found.length > 0) throw new InvalidFileError(source, found)
  }
  refuse(yaml.errors.map(({ pos, message }) => ({ offset: pos[0], message })))
  const { content, repeated } = contentOf(source, yaml)
  refuse(repeated.map((offset) => ({ offset, message: 'Map keys must be unique' })))
  return {
    content,
    problem: (path, message) => ({ ...positionAt(offsetOf(yaml, path, members)), field: fieldOf(path), message }),
  }
}

export function toYaml(value: unknown): string {
  return stringify(value)
}

function contentOf(source: string, yaml: YamlDocument) {
  try {
    const content: unknown = yaml.toJS({ maxAliasCount: 100 })
    // Throws if a value contains itself.
    JSON.stringify(content)
    return { content, repeated: repeatedKeys(yaml) }
  } catch (error) {
    if (!(error instanceof Error)) throw error
    const message = error instanceof TypeError ? 'an alias refers to a value that contains it' : error.message
    throw new InvalidFileError(source, [{ line: 1, column: 1, field: '', message }])
  }
}

function repeatedKeys(yaml: YamlDocument): readonly number[] {
  const offsets: number[] = []
  visit(yaml, {
    Map(_, { items }) {
      const seen = new Set<unknown>()
      for (const { key } of items) {
        if (!isScalar(key)) continue
        if (seen.has(key.value)) offsets.push(key.range?.[0] ?? 0)
        seen.add(key.value)
      }
    },
  })
  return offsets
}

/** Finds members of maps by their names; each map is read once. */
type Members = (map: YAMLMap, name: string) => Pair | undefined

function indexMembers(): Members {
  const indices = new WeakMap<YAMLMap, ReadonlyMap<string, Pair>>()
  return (map, name) => {
    const index =
      indices.get(map) ?? new Map(map.items.map((pair) => [isScalar(pair.key) ? String(pair.key.value) : '', pair]))
    indices.set(map, index)
    return index.get(name)
  }
}

/** The offset of the value, or of the closest value around it that exists. */
function offsetOf(yaml: YamlDocument, path: Path, members: Members): number {
  let node: unknown = yaml.contents
  let offset = yaml.contents?.range?.[0] ?? 0
  for (const part of path) {
    const next = childOf(node, part, members)
    if (!next) return offset
    offset = next.offset ?? offset
    node = next.node
  }
  return offset
}

function childOf(
  node: unknown,
  part: string | number,
  members: Members,
): { readonly node: unknown; readonly offset?: number } | undefined {
  if (isMap(node)) {
    const pair = members(node, String(part))
    return pair && { node: pair.value, ...(isScalar(pair.key) && pair.key.range && { offset: pair.key.range[0] }) }
  }
  const item: unknown = isSeq(node) && typeof part === 'number' ? node.items[part] : undefined
  if (item === undefined) return undefined
  const range = (item as { readonly range?: readonly number[] | null }).range
  return { node: item, ...(range?.[0] !== undefined && { offset: range[0] }) }
}
