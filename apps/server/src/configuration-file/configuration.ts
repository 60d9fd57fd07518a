import type { MasterKey, Transaction } from '@pocket/core'
import { PocketError, UnavailableError } from '@pocket/core/errors'
import { configurationFileUser } from '../access/built-in-actors.ts'
import { auditFieldOf } from '../managed/field-names.ts'
import type { ManagedObject } from '../managed/managed.table.ts'
import type { ManagedGuard } from '../managed/managed-guard.ts'
import type { AppliedFile, ManagedStore } from '../managed/managed-store.ts'
import { settingUse } from '../settings/settings.ts'
import type { Existing, Kind, KindName } from './kind.ts'
import type { ConfigurationFile } from './load.ts'
import { type Change, type Declaration, declare, declaredFields, findExisting, itemsOf, keyOf } from './plan.ts'
import { InvalidFileError, maxProblems, type Path, type Problem } from './problem.ts'
import { escapeReferences } from './references.ts'

/**
 * `outdated`: a file with a higher revision was applied. `conflict`: another file with the same revision was applied. Both change
 * nothing. `replaced`, of a comparison: the last file that was applied is another one, and neither has a revision.
 */
export type Outcome = 'current' | 'outdated' | 'conflict' | 'replaced'

export interface Result {
  readonly outcome: Outcome
  readonly changes: readonly Change[]
  /** The name of the file that was applied before, if it is another one. */
  readonly replaces?: string | undefined
}

/** Makes the instance match a configuration file. */
export interface Configuration {
  /** Compares without writing. @throws {InvalidFileError} with every problem that is found without a change */
  compare(file: ConfigurationFile): Promise<Result>
  /** Applies the file in one transaction. @throws {InvalidFileError} with every problem; nothing has changed then */
  apply(file: ConfigurationFile): Promise<Result>
  /** Applies the file and rolls back, which finds every problem. @throws the same errors as `apply` */
  dryRun(file: ConfigurationFile): Promise<Result>
  /** Ends the management of all objects, for a server without a file. */
  release(): Promise<boolean>
  /** Everything that a file can declare, without secrets. */
  export(): Promise<Readonly<Record<string, unknown>>>
}

export interface ConfigurationDeps {
  /** In the order that they are applied. */
  readonly kinds: readonly Kind[]
  readonly store: ManagedStore
  readonly guard: Pick<ManagedGuard, 'bypass'>
  readonly masterKey: MasterKey
  /** A transaction that excludes other changes of users and groups, and so other processes that apply a file. */
  readonly withLock: Transaction
}

interface Findings {
  readonly problems: Problem[]
  /** Items with a problem: `groups family`. */
  readonly failed: Set<string>
}

const actor = { id: configurationFileUser.id, origin: { requestId: null, ipAddress: null, userAgent: null } }
/** A file may remove so many objects of a kind without naming its revision. */
const minRemovals = 3
const maxRemovedShare = 1 / 5

export function createConfiguration(deps: ConfigurationDeps): Configuration {
  const { kinds, store, guard, masterKey, withLock } = deps

  const isSameFile = ({ encryptedDigest }: AppliedFile, { digest }: ConfigurationFile) =>
    masterKey.decrypt(settingUse, encryptedDigest) === digest

  const compareRevisions = async (file: ConfigurationFile): Promise<Outcome> => {
    const applied = await store.appliedFile()
    const revision = file.content.revision ?? null
    if (!applied || (revision ?? 0) > (applied.revision ?? 0)) return 'current'
    if ((revision ?? 0) < (applied.revision ?? 0)) return 'outdated'
    return revision === null || isSameFile(applied, file) ? 'current' : 'conflict'
  }

  /** The problems that can be found without a change. */
  const inspect = async (file: ConfigurationFile): Promise<Findings> => {
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

  const declarationsOf = async (file: ConfigurationFile, kind: Kind): Promise<readonly Declaration[]> => {
    const declarations: Declaration[] = []
    for (const entry of itemsOf(file.content, kind)) declarations.push(await declare(kind, entry))
    return declarations
  }

  /** Objects that an earlier file declared and this one does not. */
  const findRemovals = async (file: ConfigurationFile, kind: Kind, declaredIds: ReadonlySet<string>) => {
    if (!file.content.prune || kind.name === 'settings') return { removals: [], problems: [] }
    const managed = (await store.list()).filter((object) => object.kind === kind.name)
    const removals: Existing[] = []
    for (const { id } of managed) {
      const existing = declaredIds.has(id) ? undefined : await kind.findById(id)
      if (existing) removals.push(existing)
    }
    const { prune, revision } = file.content
    const isConfirmed = typeof prune === 'object' && prune.revision === revision
    if (removals.length <= Math.max(minRemovals, managed.length * maxRemovedShare) || isConfirmed)
      return { removals, problems: [] }
    const message = `would delete ${removals.length} of ${managed.length} ${kind.name}; to confirm, write { revision: ${revision ?? 'n'} } with the revision of the file`
    return { removals, problems: [file.problem(['prune'], message)] }
  }

  const deletionOf = (kind: Kind, { item }: Existing): Change => ({
    action: 'delete',
    kind: kind.name,
    name: keyOf(kind, item),
    fields: [],
  })

  const compare = async (file: ConfigurationFile): Promise<Result> => {
    const applied = await store.appliedFile()
    const isReplaced = applied !== undefined && applied.revision === null && !isSameFile(applied, file)
    const outcome = isReplaced && file.content.revision === undefined ? 'replaced' : await compareRevisions(file)
    const { problems } = await inspect(file)
    if (problems.length > 0) throw new InvalidFileError(file.source, problems)
    const changes: Change[] = []
    for (const kind of kinds) {
      const declarations = await declarationsOf(file, kind)
      const ids = new Set(declarations.flatMap(({ existing }) => (existing ? [existing.id] : [])))
      changes.push(...declarations.flatMap(({ change }) => (change ? [change] : [])))
      const { removals, problems: refusals } = await findRemovals(file, kind, ids)
      problems.push(...refusals)
      changes.push(...removals.map((existing) => deletionOf(kind, existing)))
    }
    if (problems.length > 0) throw new InvalidFileError(file.source, problems)
    return { outcome, changes }
  }

  /** Runs a change and collects the error of a use case as problems, so that all are found at once. */
  const attempt = async <T>(
    problems: Problem[],
    { file, path }: { readonly file: ConfigurationFile; readonly path: Path },
    work: () => Promise<T>,
  ): Promise<T | undefined> => {
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

  /** Items that have a problem, or refer to one that has, are not applied. */
  const applyKind = async (file: ConfigurationFile, kind: Kind, { problems, failed }: Findings) => {
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
      const id = await attempt(problems, { file, path }, async () => {
        if (!existing) return kind.create(actor, item)
        return change ? kind.update(actor, existing, item, fields) : existing.id
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

  /** The IDs of the objects that the items of a kind describe. */
  const findDeclaredIds = async (file: ConfigurationFile, kind: Kind): Promise<ReadonlySet<string>> => {
    const ids = new Set<string>()
    for (const { item } of itemsOf(file.content, kind)) {
      const existing = await findExisting(kind, item)
      if (existing) ids.add(existing.id)
    }
    return ids
  }

  const converge = async (file: ConfigurationFile): Promise<Result> => {
    const outcome = await compareRevisions(file)
    if (outcome !== 'current' && file.problems.length === 0) return { outcome, changes: [] }
    const findings = await inspect(file)
    const { problems } = findings
    const changes: Change[] = []
    const managed: ManagedObject[] = []
    for (const kind of kinds) {
      const applied = await applyKind(file, kind, findings)
      changes.push(...applied.changes)
      managed.push(...applied.managed)
    }
    for (const kind of kinds.toReversed()) {
      const ids =
        problems.length > 0
          ? await findDeclaredIds(file, kind)
          : new Set(managed.filter((object) => object.kind === kind.name).map(({ id }) => id))
      const { removals, problems: refusals } = await findRemovals(file, kind, ids)
      problems.push(...refusals)
      // Otherwise objects whose items have problems would be removed.
      for (const existing of problems.length > 0 ? [] : removals) {
        await attempt(problems, { file, path: ['prune'] }, () => kind.remove(actor, existing.id))
        changes.push(deletionOf(kind, existing))
      }
    }
    if (problems.length > 0) throw new InvalidFileError(file.source, problems)
    const before = (await store.appliedFile())?.name
    await recordApplied(file, managed)
    return { outcome, changes, replaces: before === file.name ? undefined : before }
  }

  /** Applying a file again writes nothing. */
  const recordApplied = async (file: ConfigurationFile, managed: readonly ManagedObject[]) => {
    const { name, digest, content } = file
    const sorted = managed.toSorted((left, right) => (sortKey(left) < sortKey(right) ? -1 : 1))
    const before = (await store.list()).toSorted((left, right) => (sortKey(left) < sortKey(right) ? -1 : 1))
    if (JSON.stringify(before) !== JSON.stringify(sorted)) await store.replace(sorted)
    const applied = await store.appliedFile()
    const revision = content.revision ?? null
    if (applied?.revision === revision && applied.name === name && isSameFile(applied, file)) return
    await store.putAppliedFile({ name, encryptedDigest: masterKey.encrypt(settingUse, digest), revision })
  }

  return {
    compare,
    apply: (file) => guard.bypass(() => withLock(() => converge(file))),
    async dryRun(file) {
      const outcome: { result?: Result } = {}
      const ended = new Error('The dry run has ended')
      try {
        await guard.bypass(() =>
          withLock(async () => {
            outcome.result = await converge(file)
            throw ended
          }),
        )
      } catch (error) {
        if (error !== ended) throw error
      }
      return outcome.result ?? { outcome: 'current', changes: [] }
    },
    async release() {
      if (!(await store.isUsed())) return false
      await store.release()
      return true
    },
    async export() {
      const content: Record<string, unknown> = {}
      for (const kind of kinds) {
        const items = await kind.list()
        const [settings] = items
        if (settings !== undefined) content[kind.name] = escapeReferences(kind.name === 'settings' ? settings : items)
      }
      return content
    },
  }
}

function nameIn(kind: KindName, key: string): string {
  return `${kind} ${key.toLowerCase()}`
}

function sortKey({ kind, id }: ManagedObject): string {
  return `${kind} ${id}`
}

/** A file with thousands of errors would keep the lock for minutes. */
function endIfMany({ source }: ConfigurationFile, problems: readonly Problem[]): void {
  if (problems.length > maxProblems) throw new InvalidFileError(source, problems)
}

/** `callbackURLs[0]` as a path. */
function partsOf(field: string): Path {
  return [...field.matchAll(/[^.[\]]+/g)].map(([part]) => (/^\d+$/.test(part) ? Number(part) : part))
}
