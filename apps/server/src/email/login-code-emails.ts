import type { LoginCode, Pocket } from '@pocket/core'
import { ForbiddenError, NotFoundError } from '@pocket/core/errors'
import type { Actor } from '../access/actor.ts'
import { addPasskeyPath } from '../http/paths.ts'
import type { ResolvedRequest } from './delivery.ts'
import type { EmailDeps } from './deps.ts'
import type { CodeRequest, Email, Message } from './email.ts'
import { addressOf, encryptContent } from './outbox.ts'

const requestedLifetime = 15 * 60_000
/** Prevents others from flooding a user's mailbox. */
const maxConcurrent = 10

export function createLoginCodeEmails(
  { directory, outbox, database, settings, transaction, clock }: EmailDeps,
  pocket: Pick<Pocket, 'issueLoginCode' | 'issuer'>,
) {
  const { emails: store, masterKey } = database

  const disabledError = () => new ForbiddenError('one_time_access_disabled', 'Login codes by e-mail are turned off.')

  const issue = (actor: Actor, userId: string, lifetime: number, messageOf: (code: LoginCode) => Message) =>
    transaction(async () => {
      const to = await directory.find(userId)
      if (to === undefined) throw new NotFoundError('user_not_found', 'There is no such user.')
      addressOf(to)
      const issued = await pocket.issueLoginCode(to, lifetime, { origin: actor.origin, by: actor.id })
      await outbox.queue({ to, message: messageOf(issued), expiresAt: issued.expiresAt })
    })

  return {
    /** `lifetime` in milliseconds. @throws {ForbiddenError} `one_time_access_disabled` @throws {ConflictError} `user_email_not_set` */
    async send(actor: Actor, userId: string, lifetime: number): Promise<void> {
      if (!(await settings.lastKnown()).emailOneTimeAccessAsAdminEnabled) throw disabledError()
      await issue(actor, userId, lifetime, ({ code, expiresAt }) => ({
        kind: 'one-time-access',
        code,
        redirect: null,
        bound: false,
        expiresAt,
      }))
    },

    /** Sends a link for registering a passkey. `lifetime` in milliseconds. @throws {ConflictError} `user_email_not_set` */
    invite: (actor: Actor, userId: string, lifetime: number): Promise<void> =>
      issue(actor, userId, lifetime, ({ code, expiresAt }) => ({
        kind: 'invitation',
        link: `${pocket.issuer}/lc/${code}?${new URLSearchParams({ redirect: addPasskeyPath })}`,
        expiresAt,
      })),

    /** @throws {ForbiddenError} `one_time_access_disabled` if signed-out users may not request codes */
    async assertRequestable(): Promise<void> {
      if (!(await settings.lastKnown()).emailOneTimeAccessAsUnauthenticatedEnabled) throw disabledError()
    },

    /** For a signed-out user. Behaves the same whether or not an account with this e-mail address exists. */
    async request(address: string, browserToken: string, redirect: string | null): Promise<void> {
      await outbox.queueRequest(address, { kind: 'one-time-access-request', browserToken, redirect })
    },

    /** Processes a due request: creates the code, or returns `undefined` if there is no recipient. */
    resolveRequest: (email: Email, { browserToken, redirect }: CodeRequest): Promise<ResolvedRequest | undefined> =>
      transaction(async () => {
        const to = await directory.findByEmail(email.recipient)
        const enabled = (await settings.lastKnown()).emailOneTimeAccessAsUnauthenticatedEnabled
        if (!enabled || to === undefined || to.disabled) return undefined
        const since = clock.now() - requestedLifetime
        if ((await store.countSince(to.id, 'one-time-access', since)) >= maxConcurrent) return undefined
        const { code, expiresAt } = await pocket.issueLoginCode(to, requestedLifetime, { browserToken })
        const message = { kind: 'one-time-access', code, redirect, bound: true, expiresAt } as const
        const { id: accountId, locale } = to
        const data = encryptContent(masterKey, message)
        // Sends to the stored e-mail address, because the submitted one may contain look-alike characters.
        const replaced = { ...email, kind: message.kind, recipient: addressOf(to), accountId, locale, data, expiresAt }
        return (await store.replace(replaced)) ? { email: replaced, message } : undefined
      }),
  }
}

export type LoginCodeEmails = ReturnType<typeof createLoginCodeEmails>
