import { randomUUID } from 'node:crypto'
import type { AuditEvent, AuditSink, Clock, RequestOrigin } from '@pocket/core'
import { Conflict, PocketError, Unprocessable } from '@pocket/core/errors'
import {
  type LdapAnswer,
  type LdapCounts,
  LdapError,
  type LdapHost,
  type LdapImport,
  type LdapOptions,
  type LdapPlan,
  type LdapSource,
  nothingCounted,
} from '@pocket/directory'
import type { JobStore } from '../jobs/job-store.ts'
import type { Job, Scheduler } from '../jobs/scheduler.ts'
import { messageOf } from '../logging/failure.ts'
import type { Actor } from '../users/actor.ts'
import type { LdapRun, RunTrigger } from './ldap-run.ts'
import type { LdapRunStore } from './ldap-run-store.ts'
import { isLdapEnabled, type LdapSettings, ldapOptionsOf, ldapRulesOf, ldapSettingsHash } from './ldap-settings.ts'
import { countsText, plannedCounts, planSummaryOf, problemsOf } from './report.ts'

export interface LdapSyncPorts {
  readonly ldap: LdapImport
  readonly host: LdapHost
  readonly runs: LdapRunStore
  readonly settings: () => Promise<LdapSettings>
  readonly source: (options: LdapOptions) => LdapSource
  readonly scheduler: Pick<Scheduler, 'inPlaceOf'>
  readonly jobs: Pick<JobStore, 'runEarlier'>
  readonly audit: AuditSink
  readonly clock: Clock
  /** Ends what nobody else does, as this server stops. */
  readonly stop: AbortSignal
}

/** Who asks for a run, and what they have agreed to. */
export interface RunRequest {
  readonly trigger: Exclude<RunTrigger, 'job'>
  /** The digest of the losses that somebody has seen. */
  readonly confirmed?: string
}

/**
 * Imports from LDAP: every hour, when somebody asks, and for trial. The first import is nothing that happens by itself: the job
 * says what it would do, and waits for somebody who asks for it, or who has looked at a dry run.
 */
export interface LdapSync {
  readonly job: Job
  /**
   * Imports now, and resolves to the report, whose outcome is `succeeded` or `waiting`.
   *
   * @throws {Conflict} `ldap_disabled`, `ldap_sync_running`; `ldap_plan_changed` where something else was agreed to
   * @throws {Unprocessable} `ldap_sync_failed`; `details.reason` is a code, the report has more
   */
  run(actor: Actor, request: RunRequest): Promise<LdapRun>
  /** What an import would do, whether it is enabled or not. Changes nothing. @throws {Unprocessable} `ldap_sync_failed` */
  dryRun(actor: Actor, trigger: Exclude<RunTrigger, 'job'>): Promise<LdapRun>
  /** Whether nothing was ever imported, and nothing has shown yet what would be with these settings. */
  needsDryRun(): Promise<boolean>
  /**
   * LDAP was turned on: the next import comes soon, unless somebody has to look at a dry run first; then it comes at its hour,
   * or when they ask for it.
   */
  turnedOn(): Promise<void>
  /** What the directory says now. @throws {Unprocessable} `ldap_sync_failed` */
  read(): Promise<LdapAnswer>
}

const name = 'sync-ldap'
const hour = 3_600_000
/** Milliseconds after a start, or after LDAP was turned on. */
const soon = 5000
/** So many reports are kept. */
const maxRuns = 30
const noOrigin: RequestOrigin = { requestId: null, ipAddress: null, userAgent: null }

export function createLdapSync(ports: LdapSyncPorts): LdapSync {
  const { ldap, host, runs, settings, source, scheduler, jobs, audit, clock, stop } = ports
  const readNow = async (present: LdapSettings, signal: AbortSignal): Promise<LdapAnswer> =>
    source(ldapOptionsOf(present)).read(signal)

  const keep = async (run: LdapRun, actor: Actor | null): Promise<LdapRun> => {
    await runs.add(run, maxRuns)
    const event = eventOf(run)
    if (event) await audit.record({ ...event, ...(actor && { by: actor.id }) }, actor?.origin ?? noOrigin)
    return run
  }

  const reported = async (
    begun: Begun,
    actor: Actor | null,
    work: (present: LdapSettings, counted: (counts: LdapCounts) => void) => Promise<Ended>,
  ) => {
    let counts = nothingCounted
    const counted = (soFar: LdapCounts) => {
      counts = soFar
    }
    const present = await settings()
    const startedAt = clock.now()
    const base = { id: randomUUID(), trigger: begun.trigger, startedAt, settingsHash: ldapSettingsHash(present) }
    try {
      return await keep({ ...base, ...usual, ...(await work(present, counted)), finishedAt: clock.now() }, actor)
    } catch (error) {
      if (begun.signal.aborted) throw error
      const outcome = begun.isDry ? 'dry' : 'failed'
      await keep({ ...base, ...usual, ...reasonOf(error), counts, outcome, finishedAt: clock.now() }, actor)
      throw failed(error)
    }
  }

  /** Whether nothing was ever imported, and none of these have shown what would be. */
  const isFirst = async (present: LdapSettings, showing: (run: LdapRun) => boolean): Promise<boolean> => {
    if ((await runs.anySucceeded()) || (await ldap.ownsUntouched())) return false
    const hash = ldapSettingsHash(present)
    return !(await runs.list(maxRuns)).some((run) => run.plan !== null && run.settingsHash === hash && showing(run))
  }

  const assertEnabled = async (): Promise<void> => {
    if (!isLdapEnabled((await settings()).contract))
      throw new Conflict('ldap_disabled', 'LDAP is disabled in the settings.')
  }

  /** Whoever turns LDAP off wants nothing more to come, whichever server imports. */
  const whileEnabled = ({ applied, pictures }: LdapHost, counted: (counts: LdapCounts) => void): LdapHost => ({
    counted,
    async applied(done) {
      await assertEnabled()
      await applied(done)
    },
    ...(pictures && {
      async pictures(changed, keep, signal) {
        const kept: typeof keep = async (userId, image) => {
          await keep(userId, image)
          await assertEnabled()
        }
        await assertEnabled()
        await pictures(changed, kept, signal)
      },
    }),
  })

  const perform = (
    request: Omit<RunRequest, 'trigger'> & { trigger: RunTrigger },
    actor: Actor | null,
    signal: AbortSignal,
  ) =>
    reported({ trigger: request.trigger, isDry: false, signal }, actor, async (present, counted) => {
      const answer = await readNow(present, signal)
      const plan = await ldap.plan(answer, ldapRulesOf(present), signal)
      const isUnseen = request.trigger === 'job' && (await isFirst(present, isManual))
      if (isUnseen || (plan.losses.asks && request.confirmed !== plan.losses.digest))
        return { ...planned(answer, plan), outcome: 'waiting' }
      const { counts, postponed } = await ldap.apply(plan, whileEnabled(host, counted), signal)
      const problems = [...plan.problems, ...postponed]
      return {
        outcome: 'succeeded',
        found: foundIn(answer),
        counts,
        problems: problemsOf(problems),
        problemCount: problems.length,
        losses: plan.losses,
      }
    })

  return {
    job: {
      name,
      intervalMs: hour,
      maxFirstDelayMs: soon,
      async run(signal) {
        if (!isLdapEnabled((await settings()).contract)) return
        try {
          await perform({ trigger: 'job' }, null, signal)
        } catch (error) {
          // Turned off in the middle: the report says so, and the job has not failed.
          if (!isDisabled(error)) throw error
        }
      },
    },

    async run(actor, request) {
      await assertEnabled()
      let run: LdapRun | undefined
      const hasLease = await scheduler.inPlaceOf(name, async (signal) => {
        run = await perform(request, actor, signal)
      })
      if (!hasLease || run === undefined) throw new Conflict('ldap_sync_running', 'An import is running already.')
      if (run.outcome === 'waiting' && request.confirmed !== undefined)
        throw new Conflict('ldap_plan_changed', 'What would be taken away now is not what was agreed to.')
      return run
    },

    dryRun: (actor, trigger) =>
      reported({ trigger, isDry: true, signal: stop }, actor, async (present) => {
        const answer = await readNow(present, stop)
        return { ...planned(answer, await ldap.plan(answer, ldapRulesOf(present), stop)), outcome: 'dry' }
      }),

    needsDryRun: async () => isFirst(await settings(), byAnybody),

    async turnedOn() {
      if (!(await isFirst(await settings(), isManual))) await jobs.runEarlier(name, clock.now() + soon)
    },

    async read() {
      try {
        return await readNow(await settings(), stop)
      } catch (error) {
        throw failed(error)
      }
    },
  }
}

/** The job shows what it would do as well, but may find nobody who looks at it. */
const byAnybody = (): boolean => true
const isManual = ({ trigger }: LdapRun): boolean => trigger !== 'job'

interface Begun {
  readonly trigger: RunTrigger
  readonly isDry: boolean
  readonly signal: AbortSignal
}

type Ended = Pick<LdapRun, 'outcome'> & Partial<LdapRun>

const usual = {
  code: null,
  details: {},
  found: null,
  counts: nothingCounted,
  problems: [],
  problemCount: 0,
  plan: null,
  losses: null,
} as const

/** What the audit log says of a run; nothing of a dry one. */
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

function planned(answer: LdapAnswer, plan: LdapPlan) {
  return {
    found: foundIn(answer),
    counts: plannedCounts(plan),
    problems: problemsOf(plan.problems),
    problemCount: plan.problems.length,
    plan: planSummaryOf(plan),
    losses: plan.losses,
  }
}

function foundIn({ people, groups }: LdapAnswer): LdapRun['found'] {
  return { people: people.length, groups: groups.length }
}

/** Why a run failed, without anything that is secret. */
function reasonOf(error: unknown): Pick<LdapRun, 'code' | 'details'> {
  if (error instanceof LdapError) return { code: error.code, details: error.details }
  if (isDisabled(error)) return { code: error.code, details: {} }
  return { code: 'ldap_failed', details: { said: messageOf(error).slice(0, 500) } }
}

function isDisabled(error: unknown): error is PocketError {
  return error instanceof PocketError && error.code === 'ldap_disabled'
}

/** A peer that fails is no fault of ours, and a caller has to know which. */
function failed(error: unknown): unknown {
  if (error instanceof PocketError || !(error instanceof LdapError)) return error
  const { code, details } = error
  return new Unprocessable('ldap_sync_failed', `The LDAP directory could not be read: ${error.message}`, {
    cause: error,
    details: { reason: code, ...details },
  })
}
