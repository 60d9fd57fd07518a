import type { MasterKey, Transaction } from '@pocket/core'
import type { ManagedObject } from '../managed/managed.table.ts'
import type { ManagedGuard } from '../managed/managed-guard.ts'
import type { AppliedFile, ManagedStore } from '../managed/managed-store.ts'
import { settingPurpose } from '../settings/settings.ts'
import { applyKind, collectProblems, fileActor } from './apply-kind.ts'
import { inspectFile } from './inspect-file.ts'
import type { Kind } from './kind.ts'
import type { ConfigurationFile } from './load.ts'
import { type Change, type Declaration, declare, itemsOf } from './plan.ts'
import { InvalidFileError } from './problem.ts'
import { escapeReferences } from './references.ts'
import { deletionOf, findDeclaredIds, findRemovals } from './removals.ts'

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

export interface ConfigurationDeps {
  /** In the order that they are applied. */
  readonly kinds: readonly Kind[]
  readonly store: ManagedStore
  readonly guard: Pick<ManagedGuard, 'bypass'>
  readonly masterKey: MasterKey
  /** A transaction that excludes other changes of users and groups, and so other processes that apply a file. */
  readonly withLock: Transaction
}

export function createConfiguration(deps: ConfigurationDeps) {
  const { kinds, store, guard, masterKey, withLock } = deps

  const isSameFile = ({ encryptedDigest }: AppliedFile, { digest }: ConfigurationFile) =>
    masterKey.decrypt(settingPurpose, encryptedDigest) === digest

  const compareRevisions = async (file: ConfigurationFile): Promise<Outcome> => {
    const applied = await store.appliedFile()
    const revision = file.content.revision ?? null
    if (!applied || (revision ?? 0) > (applied.revision ?? 0)) return 'current'
    if ((revision ?? 0) < (applied.revision ?? 0)) return 'outdated'
    return revision === null || isSameFile(applied, file) ? 'current' : 'conflict'
  }

  const compare = async (file: ConfigurationFile): Promise<Result> => {
    const applied = await store.appliedFile()
    const isReplaced = applied !== undefined && applied.revision === null && !isSameFile(applied, file)
    const outcome = isReplaced && file.content.revision === undefined ? 'replaced' : await compareRevisions(file)
    const { problems } = await inspectFile(file, kinds)
    if (problems.length > 0) throw new InvalidFileError(file.source, problems)
    const changes: Change[] = []
    for (const kind of kinds) {
      const declarations = await declarationsOf(file, kind)
      const declaredIds = new Set(declarations.flatMap(({ existing }) => (existing ? [existing.id] : [])))
      changes.push(...declarations.flatMap(({ change }) => (change ? [change] : [])))
      const { removals, problems: refusals } = await findRemovals(file, kind, { store, declaredIds })
      problems.push(...refusals)
      changes.push(...removals.map((existing) => deletionOf(kind, existing)))
    }
    if (problems.length > 0) throw new InvalidFileError(file.source, problems)
    return { outcome, changes }
  }

  const applyFile = async (file: ConfigurationFile): Promise<Result> => {
    const outcome = await compareRevisions(file)
    if (outcome !== 'current' && file.problems.length === 0) return { outcome, changes: [] }
    const findings = await inspectFile(file, kinds)
    const { problems } = findings
    const changes: Change[] = []
    const managed: ManagedObject[] = []
    for (const kind of kinds) {
      const applied = await applyKind(file, kind, findings)
      changes.push(...applied.changes)
      managed.push(...applied.managed)
    }
    for (const kind of kinds.toReversed()) {
      const declaredIds =
        problems.length > 0
          ? await findDeclaredIds(file, kind)
          : new Set(managed.filter((object) => object.kind === kind.name).map(({ id }) => id))
      const { removals, problems: refusals } = await findRemovals(file, kind, { store, declaredIds })
      problems.push(...refusals)
      // Otherwise objects whose items have problems would be removed.
      for (const existing of problems.length > 0 ? [] : removals) {
        await collectProblems(problems, { file, path: ['prune'] }, () => kind.remove(fileActor, existing.id))
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
    await store.putAppliedFile({ name, encryptedDigest: masterKey.encrypt(settingPurpose, digest), revision })
  }

  return {
    /** Compares without writing. @throws {InvalidFileError} with every problem that is found without a change */
    compare,
    /** Applies the file in one transaction. @throws {InvalidFileError} with every problem; nothing has changed then */
    apply: (file: ConfigurationFile): Promise<Result> => guard.bypass(() => withLock(() => applyFile(file))),

    /** Applies the file and rolls back, which finds every problem. @throws the same errors as `apply` */
    async dryRun(file: ConfigurationFile): Promise<Result> {
      const outcome: { result?: Result } = {}
      const ended = new Error('The dry run has ended')
      try {
        await guard.bypass(() =>
          withLock(async () => {
            outcome.result = await applyFile(file)
            throw ended
          }),
        )
      } catch (error) {
        if (error !== ended) throw error
      }
      return outcome.result ?? { outcome: 'current', changes: [] }
    },

    /** Ends the management of all objects, for a server without a file. */
    async release(): Promise<boolean> {
      if (!(await store.isUsed())) return false
      await store.release()
      return true
    },

    /** Everything that a file can declare, without secrets. */
    async export(): Promise<Readonly<Record<string, unknown>>> {
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

export type Configuration = ReturnType<typeof createConfiguration>

function sortKey({ kind, id }: ManagedObject): string {
  return `${kind} ${id}`
}

async function declarationsOf(file: ConfigurationFile, kind: Kind): Promise<readonly Declaration[]> {
  const declarations: Declaration[] = []
  for (const entry of itemsOf(file.content, kind)) declarations.push(await declare(kind, entry))
  return declarations
}
