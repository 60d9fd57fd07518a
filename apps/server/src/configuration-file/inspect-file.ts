import { type Kind, nameIn } from './kind.ts'
import type { ConfigurationFile } from './load.ts'
import { itemsOf, keyOf } from './plan.ts'
import { endIfMany, type Problem } from './problem.ts'

export interface Findings {
  readonly problems: Problem[]
  /** Items with a problem: `groups family`. */
  readonly failed: Set<string>
}

export async function inspectFile(file: ConfigurationFile, kinds: readonly Kind[]): Promise<Findings> {
  const problems = [...file.problems]
  const failed = new Set<string>()
  endIfMany(file, problems)
  const keysInFile = new Map(
    kinds.map((kind) => [
      kind.name,
      new Set(itemsOf(file.content, kind).map(({ item }) => keyOf(kind, item).toLowerCase())),
    ]),
  )
  const renames = new Map(
    kinds.map((kind) => [
      kind.name,
      new Map(itemsOf(file.content, kind).map(({ item }) => [String(item.previously).toLowerCase(), item])),
    ]),
  )
  /** An object that the file renames is not stored with its earlier key any more. */
  const isStored = async (kind: Kind, key: string) => {
    if (!(await kind.find(key, {}))) return false
    const renamed = renames.get(kind.name)?.get(key.toLowerCase())
    return !renamed || (await kind.find(keyOf(kind, renamed), {})) !== undefined
  }
  for (const kind of kinds)
    for (const { item, path } of itemsOf(file.content, kind)) {
      if (file.hasProblem(path)) failed.add(nameIn(kind.name, keyOf(kind, item)))
      for (const { kind: target, key, path: at } of kind.references(item)) {
        const targetKind = kinds.find(({ name }) => name === target)
        if (!targetKind || keysInFile.get(target)?.has(key.toLowerCase())) continue
        // The list itself has a problem, so its keys are unknown.
        if (file.hasProblem([target]) && file.content[target] === undefined) continue
        if (await isStored(targetKind, key)) continue
        problems.push(file.problem([...path, ...at], `refers to ${JSON.stringify(key)}, which is not in ${target}`))
        failed.add(nameIn(kind.name, keyOf(kind, item)))
        endIfMany(file, problems)
      }
    }
  return { problems, failed }
}
