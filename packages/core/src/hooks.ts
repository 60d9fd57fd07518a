import type { Account } from './accounts/account.ts'
import type { NewAccount } from './accounts/accounts.ts'
import { type AuditSink, noOrigin, type RequestOrigin } from './audit/audit-sink.ts'
import type { AuditEvent } from './audit/events.ts'
import { withRefusalsRecorded } from './audit/refusals.ts'
import type { SignInMethod } from './audit/sign-in-method.ts'
import type { RequestingDevice } from './codes/device-logins.ts'
import { ForbiddenError } from './errors.ts'
import { runHostRule } from './host-rule.ts'
import type { Passkey } from './passkeys/passkey.ts'

/**
 * The argument of each hook of `hooks.before`. Hooks cover actions that sign a user in, grant access or change credentials.
 * Actions that only remove access (sign-out, ending a session, revoking a token, withdrawing or denying consent, denying a
 * device) have no hook, because a failing hook would keep access open. Past events, such as a failed sign-in, go to
 * `hooks.after`. `hooks.accessChecks` decide whether a client is authorized (`client_authorized`).
 */
export interface BeforeHookInputs {
  /** A user has authenticated; the session does not exist yet. Before `signed_in`. */
  readonly signIn: { readonly account: Account; readonly method: SignInMethod }
  /** A signed-in user has used a passkey again; the proof does not exist yet. Before `reauthenticated`. */
  readonly reauthenticate: { readonly account: Account }
  /** A new user has created a passkey and requests an account. Before `account_created`. */
  readonly signUp: { readonly account: NewAccount }
  /** A passkey has been verified but is not stored yet (WebAuthn Level 3 §7.1). Before `passkey_added`. */
  readonly addPasskey: { readonly accountId: string; readonly passkey: Passkey }
  /** A user renames a passkey to `name`; `passkey` still has the old name. Before `passkey_renamed`. */
  readonly renamePasskey: { readonly accountId: string; readonly passkey: Passkey; readonly name: string }
  /**
   * A user removes their own passkey (`pocket.passkeys.remove`). Removal by an administrator (`removeAsAdministrator`) does
   * not call this hook. Before `passkey_removed`.
   */
  readonly removePasskey: { readonly accountId: string; readonly passkey: Passkey }
  /** A login code is about to be created; `lifetime` in milliseconds. Before `code_issued`. */
  readonly issueCode: { readonly account: Account; readonly lifetime: number }
  /** Another device is about to be signed in to this account. Before `device_login_approved`. */
  readonly approveDevice: { readonly accountId: string; readonly device: RequestingDevice }
  /**
   * A user has allowed the `scopes` that a client requests, including API scopes and device authorization (RFC 8628
   * §3.3). Before `consent_given`, `device_authorized` and `device_authorized_again`.
   */
  readonly allowClient: {
    readonly account: Account
    readonly clientId: string
    readonly scopes: readonly string[]
  }
  /**
   * A client is registered dynamically (RFC 7591) or through its metadata document, with this metadata (§2). Before
   * `client_registered`.
   */
  readonly registerClient: { readonly clientId: string; readonly metadata: Readonly<Record<string, unknown>> }
  /** A client changes its own registration (RFC 7592 §2.2), or its metadata document has changed. Before `client_updated`. */
  readonly updateClient: { readonly clientId: string; readonly metadata: Readonly<Record<string, unknown>> }
}

/** `undefined` allows the action; `refuse` rejects it with a reason for developers. */
export type BeforeHookResult = undefined | { readonly refuse: string }

/**
 * Hooks that run before an action and can refuse it. A refusal is audited and throws `sign_in_refused` for `signIn` and
 * `reauthenticate`, otherwise `forbidden` with `details.option`. A hook that throws, exceeds `limits.hookTimeout` or returns
 * any other value, such as `false`, causes `misconfigured` with the name of the hook.
 *
 * @example
 * ```ts
 * hooks: {
 *   before: {
 *     signIn: ({ account }) => (account.extra?.contract === 'ended' ? { refuse: 'The contract has ended.' } : undefined),
 *   },
 * }
 * ```
 */
export type BeforeHooks = {
  readonly [Name in keyof BeforeHookInputs]?:
    | ((input: BeforeHookInputs[Name]) => BeforeHookResult | Promise<BeforeHookResult>)
    | undefined
}

/**
 * Receives each event after the audit sink has recorded it. It runs in the background, and its errors go to `onError`.
 * An event recorded in a transaction can still be rolled back.
 *
 * @example
 * ```ts
 * hooks: {
 *   after: async (event) => {
 *     if (event.event === 'passkey_added') await notify(event.accountId)
 *   },
 * }
 * ```
 */
export type AfterHook = (event: AuditEvent, origin: RequestOrigin) => void | Promise<void>

/**
 * @param input - or a function that reads it, which is only called if there is such a hook
 * @throws {ForbiddenError} if the hook refuses @throws {ConfigurationError} if the hook fails
 */
export type RunBeforeHook = <Name extends keyof BeforeHookInputs>(
  name: Name,
  input: BeforeHookInputs[Name] | (() => Promise<BeforeHookInputs[Name]>),
) => Promise<void>

/** @param hookTimeout - milliseconds */
export function createBeforeHooks(hooks: BeforeHooks, hookTimeout: number): RunBeforeHook {
  return async (name, given) => {
    const hook = hooks[name]
    if (hook === undefined) return
    const input = typeof given === 'function' ? await given() : given
    const option = `hooks.before.${name}`
    const accountId = accountIdOf(input)
    const details = { ...(accountId && { accountId }), option }
    const result = await runHostRule({
      option,
      run: () => hook(input),
      isValid: ({ refuse }) => typeof refuse === 'string',
      hookTimeout,
      accountId,
    })
    if (!result) return
    throw new ForbiddenError(
      name === 'signIn' || name === 'reauthenticate' ? 'sign_in_refused' : 'forbidden',
      result.refuse,
      { details },
    )
  }
}

/** Runs a hook and audits its refusal, for callers whose refusals no outer layer audits; `at` is the called operation. */
export function createAuditedHook(before: RunBeforeHook, audit: AuditSink) {
  return <Name extends keyof BeforeHookInputs>(
    name: Name,
    input: BeforeHookInputs[Name],
    { at, origin = noOrigin }: { readonly at: string; readonly origin?: RequestOrigin | undefined },
  ): Promise<void> => withRefusalsRecorded(audit, { at, origin }, () => before(name, input))
}

export type AuditedHook = ReturnType<typeof createAuditedHook>

function accountIdOf(input: BeforeHookInputs[keyof BeforeHookInputs]): string | undefined {
  if ('accountId' in input) return input.accountId
  return 'account' in input ? input.account.id : undefined
}

/** Records events in the audit sink, then calls the `after` hook. */
export function createAuditWithHook(
  audit: AuditSink,
  after: AfterHook | undefined,
  onError: (error: unknown, requestId: string) => void,
): AuditSink & { whenIdle(): Promise<void> } {
  const pendingHooks = new Set<Promise<void>>()
  return {
    async record(event, origin) {
      await audit.record(event, origin)
      if (!after) return
      const hookRun = Promise.resolve()
        .then(() => after(event, origin))
        .catch((error: unknown) => onError(error, origin.requestId ?? ''))
        .finally(() => pendingHooks.delete(hookRun))
      pendingHooks.add(hookRun)
    },
    async whenIdle() {
      await Promise.all(pendingHooks)
    },
  }
}
