import { type Pocket, requestContext } from '@pocket/core'
import { ConflictError, ForbiddenError, InvalidInputError, NotAuthenticatedError } from '@pocket/core/errors'
import { type Directory, type NewUser, newUser, type User } from '@pocket/directory'
import type { Context } from 'koa'
import { assertEmail } from '../users/user-body.ts'
import type { SignUpDeps } from './deps.ts'
import type { SignUpSettings } from './sign-up-settings.ts'
import { hashSignupToken } from './signup-token.ts'

export type SignUpInput = Readonly<Partial<Record<'username' | 'email' | 'firstName' | 'lastName', unknown>>>

interface SignUpData {
  readonly user: NewUser
  /** The token is never stored in plain text. */
  readonly tokenHash: string | null
  /** Set for a pending sign-up. */
  readonly returnPath?: string | null
}

/** Signs up new users: with a passkey in one step, or without one through the API. */
export function createSignUp(deps: SignUpDeps) {
  const { pocket, directory, database, mail, audit, transaction, signUpSettings, clock } = deps
  const { signupTokens, approvals } = database

  const assertAllowed = ({ mode }: SignUpSettings, tokenHash: string | null) => {
    if (mode === 'disabled') throw new ForbiddenError('open_signup_disabled', 'Sign-up is disabled.')
    if (mode === 'withToken' && tokenHash === null)
      throw new ForbiddenError('open_signup_disabled', 'Sign-up requires a token.')
  }

  const assertOpen = async (tokenHash: string | null) => {
    assertAllowed(await signUpSettings(), tokenHash)
    const token = tokenHash === null ? undefined : await signupTokens.findByHash(tokenHash)
    if (tokenHash === null) return
    if (!token || token.expiresAt <= clock.now() || token.usageCount >= token.usageLimit) throw tokenInvalid()
  }

  /** Creates a user, uses the token and writes the related data atomically. */
  const create = async (
    ctx: Context,
    { user, tokenHash, returnPath = null }: SignUpData,
    beforeCreate: (disabled: boolean) => Promise<void>,
  ): Promise<User> => {
    const current = await signUpSettings()
    const { defaultGroupIds, defaultClaims, emailsVerified } = current
    assertAllowed(current, tokenHash)
    const disabled = current.approval || current.verification
    const created = await transaction(async () => {
      const token = tokenHash === null ? undefined : await signupTokens.use(tokenHash, clock.now())
      if (tokenHash !== null && !token) throw tokenInvalid()
      // Runs first, so that a replayed response is rejected as such and not because the name is in use.
      await beforeCreate(disabled)
      const created = await directory.create(user, {
        emailVerified: emailsVerified && user.email !== null,
        disabled,
        groupIds: token && token.groupIds.length > 0 ? token.groupIds : defaultGroupIds,
        claims: defaultClaims,
      })
      if (created.disabled)
        await approvals.insert({
          accountId: created.id,
          requestedAt: clock.now(),
          awaitsAdministrator: current.approval,
          awaitsVerification: current.verification,
          returnPath,
        })
      const isVerificationNeeded = current.verifyEmail || current.verification
      if (isVerificationNeeded && created.email !== null && !created.emailVerified)
        await mail.verification.begin(created)
      const creationMethod = token
        ? { method: 'signup_token' as const, signupTokenId: token.id }
        : { method: 'open_signup' as const }
      await audit.record({ event: 'account_created', accountId: user.id, ...creationMethod }, requestContext(ctx.req))
      return created
    })
    mail.delivery.trigger()
    return created
  }

  const signIn = async ({ req, res }: Context, { id, disabled }: User, method: 'sign_up' | 'api') => {
    if (!disabled) await pocket.signIn.asNewAccount(req, res, { accountId: id, method })
  }

  const validateInput = async (input: SignUpInput): Promise<NewUser> => {
    const { username, email, firstName, lastName } = input
    const user = newUser({ username, email, firstName, lastName })
    assertEmail(user, (await signUpSettings()).requireEmail)
    return user
  }

  return {
    /**
     * Checks that sign-up is allowed with this token, or without one.
     *
     * @throws {ForbiddenError} `open_signup_disabled` if sign-up is disabled or requires a token
     * @throws {NotAuthenticatedError} `token_invalid_or_expired`
     */
    assertOpen: (token: string | null): Promise<void> => assertOpen(hashToken(token)),

    /**
     * Validates the input and starts the ceremony without creating the user.
     *
     * @throws the same errors as `assertOpen` @throws {InvalidInputError} `validation_failed` @throws {ConflictError} `already_in_use`
     */
    async begin(ctx: Context, input: SignUpInput, token: string | null): ReturnType<Pocket['registration']['options']> {
      const tokenHash = hashToken(token)
      await assertOpen(tokenHash)
      const user = await validateInput(input)
      await assertAvailable(directory, user)
      const subject = { accountId: user.id, userName: user.userName, displayName: user.displayName }
      const data: SignUpData = { user, tokenHash }
      return pocket.registration.options(ctx.req, ctx.res, { subject, purpose: 'sign_up', data })
    },

    /**
     * Verifies the passkey, creates the user with it and signs the user in; a user whose sign-up is pending is disabled and not
     * signed in, and `returnPath`, a path on this server, is stored. @throws the same errors as `begin`
     */
    async finish(ctx: Context, response: unknown, returnPath: string | null): Promise<User> {
      const verified = await pocket.registration.verify(ctx.req, ctx.res, { response, purpose: 'sign_up' })
      const user = await create(ctx, { ...parseSignUpData(verified.data), returnPath }, async (disabled) => {
        // The passkey of a disabled account signs nobody in.
        const passkey = disabled ? { ...verified.passkey, lastUsedAt: null } : verified.passkey
        await pocket.registration.store({ ...verified, passkey })
        const { accountId, id: passkeyId, credentialId } = verified.passkey
        const event = { event: 'passkey_added', accountId, passkeyId, credentialId } as const
        await audit.record(event, requestContext(ctx.req))
      })
      await signIn(ctx, user, 'sign_up')
      return user
    },

    /** Creates a user without a passkey, and signs the user in as `finish` does. @throws the same errors as `begin` */
    async withoutPasskey(ctx: Context, input: SignUpInput, token: string | null): Promise<User> {
      const tokenHash = hashToken(token)
      await assertOpen(tokenHash)
      const user = await create(ctx, { user: await validateInput(input), tokenHash }, async () => {})
      await signIn(ctx, user, 'api')
      return user
    },
  }
}

export type SignUp = ReturnType<typeof createSignUp>

/** Checked before the user creates a passkey that would be discarded. Later conflicts are rejected on insert. */
async function assertAvailable({ findByName }: Directory, { userName, email }: NewUser): Promise<void> {
  const property =
    email !== null && (await findByName(email)) ? 'email' : (await findByName(userName)) ? 'username' : undefined
  if (property === undefined) return
  throw new ConflictError('already_in_use', `${property} is already in use`, { details: { property } })
}

function hashToken(token: string | null): string | null {
  return token === null ? null : hashSignupToken(token)
}

function tokenInvalid(): NotAuthenticatedError {
  return new NotAuthenticatedError('token_invalid_or_expired', 'The sign-up token is invalid, used up or expired.')
}

/** The data that `begin` sealed into the challenge; it is validated again like every new user. */
function parseSignUpData(data: unknown): SignUpData {
  const { user, tokenHash } = Object(data)
  if (typeof user !== 'object' || user === null)
    throw new InvalidInputError('challenge_expired', 'The challenge contains no user.')
  return { user: newUser({ ...user }), tokenHash: typeof tokenHash === 'string' ? tokenHash : null }
}
