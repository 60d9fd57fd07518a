import { isMap, isScalar, isSeq, LineCounter, parseDocument, stringify, type Document as YamlDocument } from 'yaml'
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
  const yaml = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const positionAt = (offset: number) => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(line, 1), column: Math.max(col, 1) }
  }
  const syntaxProblems = yaml.errors.map(({ pos, message }) => ({ ...positionAt(pos[0]), field: '', message }))
  if (syntaxProblems.length > 0) throw new InvalidFileError(source, syntaxProblems)
  return {
    content: contentOf(source, yaml),
    problem: (path, message) => ({ ...positionAt(offsetOf(yaml, path)), field: fieldOf(path), message }),
  }
}

/** A value as YAML. */
export function toYaml(value: unknown): string {
  return stringify(value)
}

function contentOf(source: string, yaml: YamlDocument): unknown {
  try {
    const content: unknown = yaml.toJS({ maxAliasCount: 100 })
    // Throws if a value contains itself.
    JSON.stringify(content)
    return content
  } catch (error) {
    if (!(error instanceof Error)) throw error
    const message = error instanceof TypeError ? 'an alias refers to a value that contains it' : error.message
    throw new InvalidFileError(source, [{ line: 1, column: 1, field: '', message }])
  }
}

/** The offset of the value, or of the closest value around it that exists. */
function offsetOf(yaml: YamlDocument, path: Path): number {
  let node: unknown = yaml.contents
  let offset = yaml.contents?.range?.[0] ?? 0
  for (const part of path) {
    const next = childOf(node, part)
    if (!next) return offset
    offset = next.offset ?? offset
    node = next.node
  }
  return offset
}

function childOf(
  node: unknown,
  part: string | number,
): { readonly node: unknown; readonly offset?: number } | undefined {
  if (isMap(node)) {
    const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(part))
    return pair && { node: pair.value, ...(isScalar(pair.key) && pair.key.range && { offset: pair.key.range[0] }) }
  }
  const item: unknown = isSeq(node) && typeof part === 'number' ? node.items[part] : undefined
  if (item === undefined) return undefined
  const range = (item as { readonly range?: readonly number[] | null }).range
  return { node: item, ...(range?.[0] !== undefined && { offset: range[0] }) }
}
