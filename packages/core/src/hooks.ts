import type { Account } from './accounts/account.ts'
import type { NewAccount } from './accounts/accounts.ts'
import { type AuditSink, noOrigin, type RequestOrigin } from './audit/audit-sink.ts'
import type { AuditEvent } from './audit/events.ts'
import { withRefusalsRecorded } from './audit/refusals.ts'
import type { WaitingDevice } from './codes/device-logins.ts'
import { Forbidden } from './errors.ts'
import { runHostRule } from './host-rule.ts'
import type { Passkey } from './passkeys/passkey.ts'
import type { SignInMethod } from './sessions/session.ts'

/**
 * What is about to happen, by the hook that is asked about it: each act that lets somebody in, gives something, or changes
 * how somebody is known. What only takes access away (a sign-out, a session or a token that is ended, a consent that is
 * withdrawn or refused, a device that is turned away) is never asked about: a hook that fails would keep a door open. What
 * has happened already, such as a sign-in that failed, is for `after`. Whether a client is let in (`client_authorized`) is
 * for `checks`.
 */
export interface BeforeQuestions {
  /** Somebody has proven who they are, and nothing follows from it yet. Before `signed_in`. */
  readonly signIn: { readonly account: Account; readonly method: SignInMethod }
  /** Whoever is signed in has proven it once more by a passkey, and nothing follows from it yet. Before `reauthenticated`. */
  readonly reauthenticate: { readonly account: Account }
  /** A stranger has made a passkey, and wants an account. Before `account_created`. */
  readonly signUp: { readonly account: NewAccount }
  /** A passkey has proven itself, and is not stored yet (WebAuthn Level 3 §7.1). Before `passkey_added`. */
  readonly addPasskey: { readonly accountId: string; readonly passkey: Passkey }
  /** A passkey, as it is now, is to be called `name`. Before `passkey_renamed`. */
  readonly renamePasskey: { readonly accountId: string; readonly passkey: Passkey; readonly name: string }
  /**
   * Its owner removes a passkey (`pocket.passkeys.remove`). An administrator who takes it away (`removeEvenLast`) is not asked
   * about. Before `passkey_removed`.
   */
  readonly removePasskey: { readonly accountId: string; readonly passkey: Passkey }
  /** A login code is about to be made; `lifetime` in milliseconds. Before `code_issued`. */
  readonly issueCode: { readonly account: Account; readonly lifetime: number }
  /** Another device is about to be let in as this account. Before `device_login_approved`. */
  readonly approveDevice: { readonly accountId: string; readonly device: WaitingDevice }
  /**
   * A person has allowed a client what it asks for (`scopes`, those of APIs included); at a device too (RFC 8628 §3.3).
   * Before `consent_given`, `device_authorized` and `device_authorized_again`.
   */
  readonly allowClient: {
    readonly account: Account
    readonly clientId: string
    readonly scopes: readonly string[]
  }
  /**
   * A program registers a client (RFC 7591), or a client describes itself by a document, with this metadata (§2). Before
   * `client_registered`.
   */
  readonly registerClient: { readonly clientId: string; readonly metadata: Readonly<Record<string, unknown>> }
  /**
   * A program changes the client that it registered (RFC 7592 §2.2), or its document says something else. Before
   * `client_updated`.
   */
  readonly updateClient: { readonly clientId: string; readonly metadata: Readonly<Record<string, unknown>> }
}

/** Nothing where it may happen; `refuse`, with a reason for developers, where it may not. */
export type BeforeAnswer = undefined | { readonly refuse: string }

/**
 * Hooks that are asked before something happens, and may refuse: the refusal is audited, and the code says so
 * (`sign_in_refused` for `signIn` and `reauthenticate`, else `forbidden` with `details.option`). One that throws, does not answer
 * within `hookTimeout`, or answers anything else, such as `false`, refuses with `misconfigured`, and is named.
 *
 * @example
 * ```ts
 * before: {
 *   signIn: ({ account }) => (account.extra?.contract === 'ended' ? { refuse: 'The contract has ended.' } : undefined),
 * }
 * ```
 */
export type BeforeHooks = {
  readonly [Name in keyof BeforeQuestions]?:
    | ((question: BeforeQuestions[Name]) => BeforeAnswer | Promise<BeforeAnswer>)
    | undefined
}

/**
 * Told of each event once it has been written down by the audit sink. Nobody waits for it, and what it throws goes to
 * `onError`; what is written in a transaction can still be undone.
 *
 * @example
 * ```ts
 * after: async (event) => {
 *   if (event.event === 'passkey_added') await notify(event.accountId)
 * }
 * ```
 */
export type AfterEvent = (event: AuditEvent, origin: RequestOrigin) => void | Promise<void>

/** @throws {Forbidden} where the hook refuses @throws {Misconfigured} where it fails */
export type RunBeforeHook = <Name extends keyof BeforeQuestions>(
  name: Name,
  question: BeforeQuestions[Name],
) => Promise<void>

/** @param hookTimeout - milliseconds */
export function createBefore(hooks: BeforeHooks, hookTimeout: number): RunBeforeHook {
  return async (name, question) => {
    const option = `before.${name}`
    const accountId = accountIdOf(question)
    const details = { ...(accountId && { accountId }), option }
    const answer = await runHostRule({
      option,
      ask: () => hooks[name]?.(question),
      fits: ({ refuse }) => typeof refuse === 'string',
      hookTimeout,
      accountId,
    })
    if (!answer) return
    throw new Forbidden(
      name === 'signIn' || name === 'reauthenticate' ? 'sign_in_refused' : 'forbidden',
      answer.refuse,
      { details },
    )
  }
}

/** The same for what has no layer above it that writes refusals down; `at` is what was called. */
export function auditedAsking(before: RunBeforeHook, audit: AuditSink) {
  return <Name extends keyof BeforeQuestions>(
    name: Name,
    question: BeforeQuestions[Name],
    { at, origin = noOrigin }: { readonly at: string; readonly origin?: RequestOrigin | undefined },
  ): Promise<void> => withRefusalsRecorded(audit, { at, origin }, () => before(name, question))
}

export type AuditedHook = ReturnType<typeof auditedAsking>

function accountIdOf(question: BeforeQuestions[keyof BeforeQuestions]): string | undefined {
  if ('accountId' in question) return question.accountId
  return 'account' in question ? question.account.id : undefined
}

export interface AfterPorts {
  readonly audit: AuditSink
  readonly after: AfterEvent | undefined
  readonly onError: (error: unknown, requestId: string) => void
}

/** The sink, and whoever wants to hear of what is in it. */
export function auditBefore({ audit, after, onError }: AfterPorts): AuditSink & { settled(): Promise<void> } {
  const running = new Set<Promise<void>>()
  return {
    async record(event, origin) {
      await audit.record(event, origin)
      if (!after) return
      const told = Promise.resolve()
        .then(() => after(event, origin))
        .catch((error: unknown) => onError(error, origin.requestId ?? ''))
        .finally(() => running.delete(told))
      running.add(told)
    },
    async settled() {
      await Promise.all(running)
    },
  }
}
