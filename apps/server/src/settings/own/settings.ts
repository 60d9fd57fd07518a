import type { AuditSink, Clock, Transaction } from '@pocket/core'
import { type FieldError, ForbiddenError, InvalidInputError } from '@pocket/core/errors'
import { changesBetween } from '@pocket/core/internal'
import type { Actor } from '../../access/actor.ts'
import { assertUnchanged, validatorOf } from '../../http/api/precondition.ts'
import type { SettingStore } from '../setting-store.ts'
import { type OwnSettingKey, type OwnSettingValues, ownSettingKeys, ownSettings } from './definitions.ts'

/** The environment's values for these settings. */
export interface OwnEnvironment {
  /** Whether all settings are read-only because the environment provides them. */
  readonly uiConfigDisabled: boolean
  readonly fixed: Partial<OwnSettingValues>
}

export interface OwnSettingsPorts {
  readonly store: SettingStore
  readonly environment: OwnEnvironment
  readonly audit: AuditSink
  readonly transaction: Transaction
  readonly clock: Clock
  /** Receives read errors when the last known settings are used instead. */
  readonly onError: (error: unknown) => void
}

/** Milliseconds. */
const maxAge = 5000

/** The values of an update: a missing value stays unchanged, `null` restores the default. */
export type GivenOwnSettings = Readonly<Partial<Record<OwnSettingKey, unknown>>>

/** Settings that are not in the contract: from the environment, otherwise stored, otherwise the defaults. */
export interface OwnSettings {
  /** The settings that cannot be changed at run time. */
  readonly locked: readonly OwnSettingKey[]
  values(): Promise<OwnSettingValues>
  /** Like `values`, but at most 5 seconds old; changes by this process take effect immediately. */
  recent(): Promise<OwnSettingValues>
  /** Like `recent`, but falls back to the last known values or the defaults if reading fails: sufficient for display. */
  lastKnown(): Promise<OwnSettingValues>
  /**
   * @throws {ForbiddenError} `ui_config_disabled` with `details.key`, if the environment provides another value
   * @throws {InvalidInputError} `validation_failed`
   */
  change(actor: Actor, given: GivenOwnSettings): Promise<OwnSettingValues>
}

export function createOwnSettings({
  store,
  environment,
  audit,
  transaction,
  clock,
  onError,
}: OwnSettingsPorts): OwnSettings {
  const { uiConfigDisabled, fixed } = environment
  const locked = ownSettingKeys.filter((key) => uiConfigDisabled || fixed[key] !== undefined)

  let changes = 0
  let kept: { readonly readAt: number; readonly values: OwnSettingValues } | undefined

  const values = async (): Promise<OwnSettingValues> => {
    const stored = new Map((uiConfigDisabled ? [] : await store.list()).map(({ key, value }) => [key, value]))
    return perOwnSetting((key) => {
      const text = stored.get(key)
      return fixed[key] ?? (text === undefined ? ownSettings[key].default : JSON.parse(text))
    })
  }

  const recent = async (): Promise<OwnSettingValues> => {
    if (kept && Math.abs(clock.now() - kept.readAt) < maxAge) return kept.values
    const [readAt, seen] = [clock.now(), changes]
    const present = await values()
    if (seen === changes) kept = { readAt, values: present }
    return present
  }

  return {
    locked,
    values,

    recent,

    lastKnown: () =>
      recent().catch((error: unknown) => {
        onError(error)
        return kept?.values ?? perOwnSetting((key) => fixed[key] ?? ownSettings[key].default)
      }),

    async change(actor, given) {
      const wanted = checked(given)
      const changed = await transaction(async () => {
        await store.lock()
        const before = await values()
        assertUnchanged(actor, validatorOf(before))
        assertUnlocked(wanted, before, locked)
        const after = perOwnSetting((key) => (wanted.has(key) ? wanted.get(key) : before[key]))
        const { changes: differences } = changesBetween(before, after)
        if (differences === undefined) return before
        for (const key of ownSettingKeys.filter((each) => Object.hasOwn(differences, each)))
          await (isSame(after[key], ownSettings[key].default)
            ? store.remove(key)
            : store.put({ key, value: JSON.stringify(after[key]) }))
        const keys = Object.keys(differences)
        await audit.record({ event: 'settings_changed', keys, by: actor.id, changes: differences }, actor.origin)
        return after
      })
      changes += 1
      kept = undefined
      return changed
    },
  }
}

/** The validation errors of these values. */
export function ownSettingFaults(given: GivenOwnSettings): readonly FieldError[] {
  return validateSettings(given).problems
}

function checked(given: GivenOwnSettings): ReadonlyMap<OwnSettingKey, unknown> {
  const { wanted, problems } = validateSettings(given)
  if (problems.length === 0) return wanted
  throw new InvalidInputError(
    'validation_failed',
    problems.map(({ field, message }) => `${field} ${message}`).join(', '),
    {
      fields: problems,
    },
  )
}

function validateSettings(given: GivenOwnSettings) {
  const problems: FieldError[] = []
  const wanted = new Map<OwnSettingKey, unknown>()
  for (const key of ownSettingKeys) {
    const value = given[key]
    if (value === undefined) continue
    const read = value === null ? { value: ownSettings[key].default } : ownSettings[key].read(value)
    if ('value' in read) wanted.set(key, read.value)
    else problems.push({ field: key + read.fault.at, code: read.fault.code, message: read.fault.message })
  }
  return { wanted, problems }
}

/** Sending the environment's value back is allowed, so that a client can write everything it has read. */
function assertUnlocked(
  wanted: ReadonlyMap<OwnSettingKey, unknown>,
  before: OwnSettingValues,
  locked: readonly OwnSettingKey[],
): void {
  const refused = locked.filter((key) => wanted.has(key) && !isSame(wanted.get(key), before[key]))
  if (refused.length === 0) return
  const names = refused.map((key) => ownSettings[key].variable.name).join(', ')
  throw new ForbiddenError('ui_config_disabled', `The environment decides this: ${names}.`, {
    details: { key: refused.join(', ') },
  })
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

function perOwnSetting(choose: (key: OwnSettingKey) => unknown): OwnSettingValues {
  // The cast is safe: `Object.fromEntries` loses the member types, but stored values were validated when they were written.
  return Object.fromEntries(ownSettingKeys.map((key) => [key, choose(key)])) as unknown as OwnSettingValues
}
