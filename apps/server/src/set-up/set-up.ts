import { type Pocket, requestContext } from '@pocket/core'
import { ConflictError, InvalidInputError, NotFoundError } from '@pocket/core/errors'
import { type NewUser, newUser, type User } from '@pocket/directory'
import type { Context } from 'koa'
import type { Deps } from '../http/deps.ts'

/** Creates the first administrator: with a passkey in one step, or without one through the API. */
export function createSetUp({ pocket, directory, audit, transaction }: Deps) {
  const recordSetUp = async (ctx: Context, user: User, method: 'setup' | 'api') => {
    const origin = requestContext(ctx.req)
    await audit.record({ event: 'setup_completed', accountId: user.id, method }, origin)
    await audit.record({ event: 'account_created', accountId: user.id, method }, origin)
  }

  return {
    /** @throws {NotFoundError} `setup_not_available` if there is an administrator */
    async assertOpen(): Promise<void> {
      if (await directory.isSetUp()) throw new NotFoundError('setup_not_available', 'The set-up is already complete.')
    },

    /**
     * Validates the input and starts the ceremony without creating the user.
     *
     * @throws {InvalidInputError} `validation_failed` @throws {ConflictError} `setup_already_completed`
     */
    async begin(ctx: Context, input: Readonly<Record<string, unknown>>): ReturnType<Pocket['registration']['options']> {
      if (await directory.isSetUp())
        throw new ConflictError('setup_already_completed', 'The set-up is already complete.')
      const user = newUser(input)
      const subject = { accountId: user.id, userName: user.userName, displayName: user.displayName }
      return pocket.registration.options(ctx.req, ctx.res, { subject, purpose: 'setup', data: user })
    },

    /**
     * Verifies the passkey, creates the user with it and signs the user in.
     *
     * @throws {ConflictError} `setup_already_completed`
     */
    async finish(ctx: Context, response: unknown): Promise<User> {
      const verified = await pocket.registration.verify(ctx.req, ctx.res, { response, purpose: 'setup' })
      const user = await transaction(async () => {
        // Runs first, so that a replayed response is rejected as such.
        await pocket.registration.store(verified)
        return directory.createFirstAdministrator(parseUser(verified.data), async () => {})
      })
      await recordSetUp(ctx, user, 'setup')
      const { id: passkeyId, credentialId } = verified.passkey
      const event = { event: 'passkey_added', accountId: user.id, passkeyId, credentialId } as const
      await audit.record(event, requestContext(ctx.req))
      await pocket.signIn.asNewAccount(ctx.req, ctx.res, { accountId: user.id, method: 'setup' })
      return user
    },

    /** Creates an administrator without a passkey, and signs in as this user. @throws {ConflictError} `setup_already_completed` */
    async withoutPasskey(ctx: Context, input: Readonly<Record<string, unknown>>): Promise<User> {
      const user = await directory.createFirstAdministrator(newUser(input), async () => {})
      await recordSetUp(ctx, user, 'api')
      await pocket.signIn.asNewAccount(ctx.req, ctx.res, { accountId: user.id, method: 'setup_api' })
      return user
    },
  }
}

export type SetUp = ReturnType<typeof createSetUp>

/** The data that `begin` sealed into the challenge; it is validated again like every new user. */
function parseUser(data: unknown): NewUser {
  if (typeof data !== 'object' || data === null)
    throw new InvalidInputError('challenge_expired', 'The challenge contains no user.')
  return newUser({ ...data })
}
