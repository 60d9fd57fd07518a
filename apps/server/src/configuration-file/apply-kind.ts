import { PocketError, UnavailableError } from '@pocket/core/errors'
import { noOrigin } from '@pocket/core/internal'
import { configurationFileUser } from '../access/built-in-actors.ts'
import { auditFieldOf } from '../managed/field-names.ts'
import type { ManagedObject } from '../managed/managed.table.ts'
import type { Findings } from './inspect-file.ts'
import { type Kind, nameIn } from './kind.ts'
import type { ConfigurationFile } from './load.ts'
import { type Change, type Declaration, declare, declaredFields, itemsOf, keyOf } from './plan.ts'
import { endIfMany, InvalidFileError, type Path, type Problem } from './problem.ts'

/** Who makes the changes of a file. */
export const fileActor = { id: configurationFileUser.id, origin: noOrigin }

/** Items that have a problem, or refer to one that has, are not applied. */
export async function applyKind(file: ConfigurationFile, kind: Kind, { problems, failed }: Findings) {
  const changes: Change[] = []
  const managed: ManagedObject[] = []
  const declarations: Declaration[] = []
  for (const entry of itemsOf(file.content, kind)) {
    const name = nameIn(kind.name, keyOf(kind, entry.item))
    if (kind.references(entry.item).some((target) => failed.has(nameIn(target.kind, target.key)))) failed.add(name)
    if (!failed.has(name)) declarations.push(await declare(kind, entry))
  }
  for (const { item, path, existing, change } of declarations) {
    endIfMany(file, problems)
    const fields = change?.fields.map(({ field }) => field) ?? []
    const id = await collectProblems(problems, { file, path }, async () => {
      if (!existing) return kind.create(fileActor, item)
      return change ? kind.update(fileActor, existing, item, fields) : existing.id
    })
    if (id === undefined) {
      failed.add(nameIn(kind.name, keyOf(kind, item)))
      continue
    }
    if (change) {
      changes.push(change)
      const again = await declare(kind, { item, path })
      for (const { field, before } of again.change?.fields ?? [])
        problems.push(
          file.problem([...path, field], `is stored as ${JSON.stringify(before ?? null)}; write that value`),
        )
    }
    const auditFields = Object.keys(declaredFields(item)).map((field) => auditFieldOf(kind.name, field))
    managed.push({ kind: kind.name, id, fields: auditFields.sort() })
  }
  return { changes, managed }
}

/** Runs a change and collects the error of a use case as problems, so that all are found at once. */
export async function collectProblems<T>(
  problems: Problem[],
  { file, path }: { readonly file: ConfigurationFile; readonly path: Path },
  work: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await work()
  } catch (error) {
    // An outage says nothing about the file.
    if (error instanceof UnavailableError) throw error
    if (!(error instanceof PocketError)) {
      // A failed statement ends a transaction of PostgreSQL, so the following ones fail for no reason of their own.
      if (problems.length > 0) throw new InvalidFileError(file.source, problems)
      throw error
    }
    const { fields, message } = error
    if (fields.length === 0) problems.push(file.problem(path, message))
    for (const { field, message: text } of fields) problems.push(file.problem([...path, ...partsOf(field)], text))
    return undefined
  }
}

function partsOf(field: string): Path {
  return [...field.matchAll(/[^.[\]]+/g)].map(([part]) => (/^\d+$/.test(part) ? Number(part) : part))
}
