import { randomUUID } from 'node:crypto'
import type { AuditEvent, AuditSink, Clock } from '@pocket/core'
import { ConflictError, PocketError, UnprocessableContentError } from '@pocket/core/errors'
import { noOrigin } from '@pocket/core/internal'
import {
  type LdapCounts,
  type LdapEntries,
  LdapError,
  type LdapHost,
  type LdapImport,
  type LdapOptions,
  type LdapPlan,
  type LdapSource,
} from '@pocket/directory'
import { countChanges, emptyLdapCounts } from '@pocket/directory/internal'
import type { Actor } from '../access/actor.ts'
import type { JobStore } from '../jobs/job-store.ts'
import type { Scheduler } from '../jobs/scheduler.ts'
import { messageOf } from '../logging/failure.ts'
import type { SettingValues } from '../settings/definitions.ts'
import type { LdapRun, RunTrigger } from './ldap-run.ts'
import type { LdapRunStore } from './ldap-run-store.ts'
import { ldapOptionsOf, ldapRulesOf, ldapSettingsHash } from './ldap-settings.ts'
import { countsText, planSummaryOf, problemsOf, wholeCsvOf } from './report.ts'

export interface LdapSyncDeps {
  readonly ldap: LdapImport
  readonly host: LdapHost
  readonly runs: LdapRunStore
  readonly settings: () => Promise<SettingValues>
  readonly source: (options: LdapOptions) => LdapSource
  readonly scheduler: Pick<Scheduler, 'runUnderLease'>
  readonly jobs: Pick<JobStore, 'markDue'>
  readonly audit: AuditSink
  readonly clock: Clock
  readonly stop: AbortSignal
}

export interface RunRequest {
  readonly trigger: Exclude<RunTrigger, 'job'>
  /** The digest of the removals that an administrator has confirmed. */
  readonly confirmed?: string
}

const name = 'sync-ldap'
const hour = 3_600_000
/** Milliseconds after a server start, or after LDAP was enabled. */
const startDelay = 5000
const maxRuns = 30

/**
 * LDAP imports: hourly, on request, and as dry runs. The first import never runs automatically: the job reports the plan and
 * waits until an administrator starts it or has seen a dry run.
 */
export function createLdapSync(deps: LdapSyncDeps) {
  const { ldap, host, runs, settings, source, scheduler, jobs, audit, clock, stop } = deps

  const readDirectory = async (current: SettingValues, signal: AbortSignal): Promise<LdapEntries> =>
    source(ldapOptionsOf(current)).read(signal)

  const saveRun = async (run: LdapRun, actor: Actor | null, wholeCsv: string | null = null): Promise<LdapRun> => {
    await runs.add(run, maxRuns, wholeCsv)
    const event = eventOf(run)
    if (event) await audit.record({ ...event, ...(actor && { by: actor.id }) }, actor?.origin ?? noOrigin)
    return run
  }

  const runWithReport = async (
    context: RunContext,
    actor: Actor | null,
    work: (current: SettingValues, reportCounts: (counts: LdapCounts) => void) => Promise<RunResult>,
  ) => {
    let counts = emptyLdapCounts
    const reportCounts = (current: LdapCounts) => {
      counts = current
    }
    const currentSettings = await settings()
    const startedAt = clock.now()
    const base = {
      id: randomUUID(),
      trigger: context.trigger,
      startedAt,
      settingsHash: ldapSettingsHash(currentSettings),
    }
    try {
      const { wholeCsv, ...result } = await work(currentSettings, reportCounts)
      return await saveRun({ ...base, ...runDefaults, ...result, finishedAt: clock.now() }, actor, wholeCsv)
    } catch (error) {
      if (context.signal.aborted) throw error
      const outcome = context.isDry ? 'dry' : 'failed'
      await saveRun({ ...base, ...runDefaults, ...reasonOf(error), counts, outcome, finishedAt: clock.now() }, actor)
      throw toSyncError(error)
    }
  }

  /** Whether no import has succeeded yet and none of these runs has shown the plan. */
  const isFirstImport = async (current: SettingValues, hasShownPlan: (run: LdapRun) => boolean): Promise<boolean> => {
    if ((await runs.hasSucceededRun()) || (await ldap.hasUnprocessedUser())) return false
    const hash = ldapSettingsHash(current)
    return !(await runs.list(maxRuns)).some(
      (run) => run.plan !== null && run.settingsHash === hash && hasShownPlan(run),
    )
  }

  const assertEnabled = async (): Promise<void> => {
    if (!(await settings()).ldapEnabled) throw new ConflictError('ldap_disabled', 'LDAP is disabled in the settings.')
  }

  /** Disabling LDAP stops a running import, on any replica. */
  const whileEnabled = (
    { onApplied, applyPictures }: LdapHost,
    onProgress: (counts: LdapCounts) => void,
  ): LdapHost => ({
    onProgress,
    async onApplied(changes) {
      await assertEnabled()
      await onApplied(changes)
    },
    async applyPictures(changed, saveImage, signal) {
      await assertEnabled()
      await applyPictures?.(
        changed,
        async (change, image) => {
          await saveImage(change, image)
          await assertEnabled()
        },
        signal,
      )
    },
  })

  const runImport = (
    request: Omit<RunRequest, 'trigger'> & { trigger: RunTrigger },
    actor: Actor | null,
    signal: AbortSignal,
  ) =>
    runWithReport({ trigger: request.trigger, isDry: false, signal }, actor, async (current, reportCounts) => {
      const entries = await readDirectory(current, signal)
      const plan = await ldap.plan(entries, ldapRulesOf(current), signal)
      const isFirstScheduledImport = request.trigger === 'job' && (await isFirstImport(current, isManual))
      if (isFirstScheduledImport || (plan.losses.asks && request.confirmed !== plan.losses.digest))
        return { ...plannedReport(entries, plan), outcome: 'waiting' }
      const { counts, postponed } = await ldap.apply(plan, whileEnabled(host, reportCounts), signal)
      const problems = [...plan.problems, ...postponed]
      return {
        outcome: 'succeeded',
        found: countEntries(entries),
        counts,
        problems: problemsOf(problems),
        problemCount: problems.length,
        wholeCsv: wholeCsvOf(null, problems),
        losses: plan.losses,
      }
    })

  return {
    job: {
      name,
      intervalMs: hour,
      maxFirstDelayMs: startDelay,
      async run(signal: AbortSignal) {
        if (!(await settings()).ldapEnabled) return
        try {
          await runImport({ trigger: 'job' }, null, signal)
        } catch (error) {
          // LDAP was disabled during the run: the report says so, and the job does not fail.
          if (!isDisabled(error)) throw error
        }
      },
    },

    /**
     * Runs an import and resolves to the report, whose outcome is `succeeded` or `waiting`.
     *
     * @throws {ConflictError} `ldap_disabled`, `ldap_sync_running`; `ldap_plan_changed` if the confirmed plan is outdated
     * @throws {UnprocessableContentError} `ldap_sync_failed`; `details.reason` is a code, the report contains more
     */
    async run(actor: Actor, request: RunRequest): Promise<LdapRun> {
      await assertEnabled()
      let run: LdapRun | undefined
      const hasLease = await scheduler.runUnderLease(name, async (signal) => {
        run = await runImport(request, actor, signal)
      })
      if (!hasLease || run === undefined) throw new ConflictError('ldap_sync_running', 'An import is already running.')
      if (run.outcome === 'waiting' && request.confirmed !== undefined)
        throw new ConflictError('ldap_plan_changed', 'The planned removals have changed since they were confirmed.')
      return run
    },

    /** Plans an import, even if LDAP is disabled. Changes nothing. @throws {UnprocessableContentError} `ldap_sync_failed` */
    dryRun: (actor: Actor, trigger: Exclude<RunTrigger, 'job'>): Promise<LdapRun> =>
      runWithReport({ trigger, isDry: true, signal: stop }, actor, async (current) => {
        const entries = await readDirectory(current, stop)
        return { ...plannedReport(entries, await ldap.plan(entries, ldapRulesOf(current), stop)), outcome: 'dry' }
      }),

    /** Whether no import has succeeded yet and no run has shown the plan for these settings. */
    needsDryRun: async (): Promise<boolean> => isFirstImport(await settings(), anyTrigger),

    /**
     * LDAP was enabled: the next import follows soon, unless a dry run is required first; then it runs at its regular time or on
     * request.
     */
    async onEnabled(): Promise<void> {
      if (!(await isFirstImport(await settings(), isManual))) await jobs.markDue(name, clock.now() + startDelay)
    },

    /** Reads the current directory entries. @throws {UnprocessableContentError} `ldap_sync_failed` */
    async read(): Promise<LdapEntries> {
      try {
        return await readDirectory(await settings(), stop)
      } catch (error) {
        throw toSyncError(error)
      }
    },
  }
}

export type LdapSync = ReturnType<typeof createLdapSync>

/** The job also shows its plan, but possibly without a reader. */
const anyTrigger = (): boolean => true
const isManual = ({ trigger }: LdapRun): boolean => trigger !== 'job'

interface RunContext {
  readonly trigger: RunTrigger
  readonly isDry: boolean
  readonly signal: AbortSignal
}

type RunResult = Pick<LdapRun, 'outcome'> & Partial<LdapRun> & { readonly wholeCsv: string | null }

const runDefaults = {
  code: null,
  details: {},
  found: null,
  counts: emptyLdapCounts,
  problems: [],
  problemCount: 0,
  plan: null,
  losses: null,
} as const

/** The audit event of a run; dry runs have none. */
function eventOf({ outcome, trigger, counts, code }: LdapRun): AuditEvent | null {
  switch (outcome) {
    case 'succeeded':
      return { event: 'ldap_synced', trigger, counts: countsText(counts) }
    case 'waiting': {
      const { disabled, removed, groupsRemoved, membersRemoved } = counts
      return {
        event: 'ldap_sync_waiting',
        trigger,
        counts: countsText({ disabled, removed, groupsRemoved, membersRemoved }),
      }
    }
    case 'failed':
      return { event: 'ldap_sync_failed', trigger, reason: code ?? '' }
    case 'dry':
      return null
  }
}

function plannedReport(entries: LdapEntries, plan: LdapPlan) {
  return {
    found: countEntries(entries),
    counts: countChanges(plan),
    problems: problemsOf(plan.problems),
    problemCount: plan.problems.length,
    plan: planSummaryOf(plan),
    wholeCsv: wholeCsvOf(plan, plan.problems),
    losses: plan.losses,
  }
}

function countEntries({ people, groups }: LdapEntries): LdapRun['found'] {
  return { people: people.length, groups: groups.length }
}

/** The reason for a failed run, without secrets. */
function reasonOf(error: unknown): Pick<LdapRun, 'code' | 'details'> {
  if (error instanceof LdapError) return { code: error.code, details: error.details }
  if (isDisabled(error)) return { code: error.code, details: {} }
  return { code: 'ldap_failed', details: { message: messageOf(error).slice(0, 500) } }
}

function isDisabled(error: unknown): error is PocketError {
  return error instanceof PocketError && error.code === 'ldap_disabled'
}

/** A failure of the directory is not an internal error, and the caller must be able to tell the difference. */
function toSyncError(error: unknown): unknown {
  if (error instanceof PocketError || !(error instanceof LdapError)) return error
  const { code, details } = error
  return new UnprocessableContentError('ldap_sync_failed', `The LDAP directory could not be read: ${error.message}`, {
    cause: error,
    details: { reason: code, ...details },
  })
}
