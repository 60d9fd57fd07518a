import { createHash, timingSafeEqual } from 'node:crypto'
import type { Pocket, Session } from '@pocket/core'
import { ForbiddenError, NotAuthenticatedError, NotFoundError } from '@pocket/core/errors'
import { isWithoutPasskey, recordCaller } from '@pocket/core/internal'
import type { Directory, User } from '@pocket/directory'
import type { Context } from 'koa'
import type { AccessRow } from './access-row.ts'
import type { ApiKeyScope } from './api-key-scope.ts'
import { commandLineUser, staticUser } from './built-in-actors.ts'
import { type Condition, type ConditionName, conditions } from './conditions.ts'
import type { SessionRequirement } from './session-requirements.ts'

interface IdentifiedApiKey {
  readonly id: string
  readonly ownerId: string
  /** `null`: full access to everything its owner may do. */
  readonly scopes: readonly ApiKeyScope[] | null
  readonly canReadSecrets: boolean
}

export interface GuardDeps {
  readonly pocket: Pick<Pocket, 'session' | 'reauthentication' | 'passkeys'>
  readonly requiresTwoPasskeys: () => Promise<boolean>
  readonly isCreatedByApiKey: (userId: string) => Promise<boolean>
  readonly directory: Pick<Directory, 'find' | 'users'>
  /** Identifies an API key by its token; `undefined` if there is none or it has expired. */
  readonly apiKeys: { identify(token: string): Promise<IdentifiedApiKey | undefined> }
  /** The API key set in the environment. It acts as an administrator that is not stored in the directory. */
  readonly staticApiKey: string | undefined
  readonly commandLineKey: string
}

/**
 * Authorizes a request according to its row. Resolves to the caller, or to `undefined` if the route is open to anyone.
 *
 * @throws {NotAuthenticatedError} `not_signed_in`, `reauthentication_required`
 * @throws {ForbiddenError} `forbidden`, `passkey_required`, `second_passkey_required`, `user_disabled`, `api_key_auth_not_allowed`
 */
export type Guard = (ctx: Context, row: AccessRow) => Promise<User | undefined>

interface Caller {
  readonly user: User
  /** Scopes of an API key; `null` for a session and for an API key with full access. */
  readonly scopes: readonly ApiKeyScope[] | null
  readonly canReadSecrets: boolean
  /** `null` for an API key. */
  readonly session: { readonly withoutPasskey: boolean; readonly isOfSetUp: boolean } | null
  readonly isCommandLine: boolean
}

interface Authorization {
  readonly row: AccessRow
  readonly caller: Caller | undefined
  readonly reauthentication: Pocket['reauthentication']
  readonly hasStaticApiKey: boolean
  /** Whether a program acts in the session of an administrator that an API key created. */
  readonly isBootstrap?: true
}

const authorizations = new WeakMap<Context, Authorization>()

/**
 * The browser session takes precedence; without one, the `X-API-Key` header is used if the row has scopes. The user is read for
 * every request, so changes take effect immediately. An invalid API key is treated as missing.
 */
export function createGuard(deps: GuardDeps): Guard {
  const { pocket, directory, apiKeys, isCreatedByApiKey, requiresTwoPasskeys, staticApiKey, commandLineKey } = deps
  const isStaticKey = staticKeyCheck(staticApiKey)
  const isCommandLineKey = staticKeyCheck(commandLineKey)

  const authenticateSession = async (ctx: Context): Promise<Caller | undefined> => {
    const session = await pocket.session(ctx.req, ctx.res)
    // The session has read the same details, and a request reads them once.
    const user = session && (await directory.users.find(session.accountId))
    if (!user) return undefined
    const caller = { withoutPasskey: isWithoutPasskey(session), isOfSetUp: isOfSetUpApi(session) }
    return { user, scopes: null, canReadSecrets: false, session: caller, isCommandLine: false }
  }

  const authenticateApiKey = async (ctx: Context, token: string): Promise<Caller | undefined> => {
    const fixed = { session: null, isCommandLine: false } as const
    if (isStaticKey(token)) return { ...fixed, user: staticUser, scopes: null, canReadSecrets: true }
    const apiKey = await apiKeys.identify(token)
    const user = apiKey && (await directory.find(apiKey.ownerId))
    if (apiKey) recordCaller(ctx.req, { apiKeyId: apiKey.id })
    return user && { ...fixed, user, scopes: apiKey.scopes, canReadSecrets: apiKey.canReadSecrets }
  }

  /** A command acts as the command line, or on behalf of the user in `X-On-Behalf-Of`. */
  const commandUser = async (ctx: Context): Promise<User> => {
    const id = ctx.get('X-On-Behalf-Of')
    const user = id === '' ? commandLineUser : await directory.find(id)
    if (user) return user
    throw new NotFoundError('user_not_found', 'There is no such user.')
  }

  const authenticate = async (ctx: Context, { scopes }: AccessRow): Promise<Caller> => {
    const caller = await authenticateSession(ctx)
    if (caller) return caller
    const token = ctx.get('X-API-Key')
    if (isCommandLineKey(token))
      return { user: await commandUser(ctx), scopes: null, session: null, canReadSecrets: false, isCommandLine: true }
    if (token !== '' && scopes === null)
      throw new ForbiddenError(
        'api_key_auth_not_allowed',
        'API key authentication is not allowed here; sign in with a browser.',
      )
    const owner = token === '' ? undefined : await authenticateApiKey(ctx, token)
    if (owner) return owner
    throw new NotAuthenticatedError('not_signed_in', 'No user is signed in.')
  }

  /** Lets programs set up a new instance without a passkey. */
  const isBootstrap = async (ctx: Context, { user, session }: Caller) =>
    session !== null &&
    user.administrator &&
    (await pocket.reauthentication.isBootstrap(ctx.req, ctx.res)) &&
    (await isCreatedByApiKey(user.id))

  /** An owner of an API key who has no passkey at all is a program. */
  const lacksSecondPasskey = async ({ user, session, isCommandLine }: Caller) => {
    if (isCommandLine || !(await requiresTwoPasskeys())) return false
    const count = await pocket.passkeys.countUsable(user.id)
    return session === null ? count === 1 : count < 2
  }

  return async (ctx, row) => {
    const { reauthentication } = pocket
    const caller = row.caller === 'anyone' ? undefined : await authenticate(ctx, row)
    const authorization = { row, caller, reauthentication, hasStaticApiKey: staticApiKey !== undefined }
    authorizations.set(ctx, authorization)
    if (!caller) return
    assertAllowed(caller, row)
    if (row.session.includes('bootstrap') && (await isBootstrap(ctx, caller))) {
      authorizations.set(ctx, { ...authorization, isBootstrap: true })
      return caller.user
    }
    if (row.caller === 'administrator' && (await lacksSecondPasskey(caller)))
      throw new ForbiddenError('second_passkey_required', 'Administrators need two passkeys.')
    for (const requirement of row.session) await assertSession(ctx, authorization, requirement)
    return caller.user
  }
}

/** The caller of an authorized request, or `undefined` if the route is open to anyone. */
export function callerOf(ctx: Context): User | undefined {
  return authorizations.get(ctx)?.caller?.user
}

/**
 * Applies a requirement that depends on the content of the request.
 *
 * @throws {Error} if the row of the request does not list the condition, which is a programming error
 * @throws the same errors as `Guard`
 */
export async function assertCondition(
  ctx: Context,
  name: ConditionName,
  details: Readonly<Record<string, string>> = {},
): Promise<void> {
  const authorization = authorizations.get(ctx)
  if (!authorization?.row.conditions.includes(name))
    throw new Error(`The access table has no condition ${name} for ${ctx.method} ${ctx.path}.`)
  const { session, unlimitedKey, secrets, scope, proof }: Condition = conditions[name]
  if (unlimitedKey && authorization.caller?.scopes)
    throw new ForbiddenError('forbidden', 'A limited API key cannot create, change or approve an administrator.', {
      details,
    })
  if (secrets && isApiKey(ctx) && !canReadSecrets(ctx))
    throw new ForbiddenError('forbidden', 'This requires an API key with the permission to read secrets.', { details })
  if (scope) assertScopes(authorization.caller?.scopes ?? null, [scope])
  if (session) await assertSession(ctx, authorization, session)
  if (proof) await authorization.reauthentication.demand(ctx.req, ctx.res, proof)
}

/** Whether the caller may see the names of users: a limited API key only with `read:users`. */
export function canReadUsers(ctx: Context): boolean {
  const caller = authorizations.get(ctx)?.caller
  return caller !== undefined && (caller.scopes?.includes('read:users') ?? true)
}

export function isProgram(ctx: Context): boolean {
  return authorizations.get(ctx)?.caller?.session === null
}

export function isApiKey(ctx: Context): boolean {
  return isProgram(ctx) && !isCommandLine(ctx)
}

/** Whether a command calls, also on behalf of a user. */
export function isCommandLine(ctx: Context): boolean {
  return authorizations.get(ctx)?.caller?.isCommandLine ?? false
}

/** Whether a program calls, and `STATIC_API_KEY` can create the next administrator. */
export function canRemoveLastAdministrator(ctx: Context): boolean {
  return isProgram(ctx) && hasStaticUser(ctx)
}

/** Whether `STATIC_API_KEY` is set, so that its user exists. */
export function hasStaticUser(ctx: Context): boolean {
  return authorizations.get(ctx)?.hasStaticApiKey ?? false
}

export function canReadSecrets(ctx: Context): boolean {
  return authorizations.get(ctx)?.caller?.canReadSecrets ?? false
}

/** Whether the requirement `bootstrap` was met: a key with the permission to read secrets, or the command line, gave the access. */
export function isBootstrapSession(ctx: Context): boolean {
  return authorizations.get(ctx)?.isBootstrap ?? false
}

function assertAllowed({ user, scopes }: Caller, row: AccessRow): void {
  if (user.disabled) throw new ForbiddenError('user_disabled', 'This user is disabled.')
  if (row.caller === 'administrator' && !user.administrator)
    throw new ForbiddenError('forbidden', 'This requires an administrator.')
  assertScopes(scopes, row.scopes ?? [])
}

function assertScopes(scopes: Caller['scopes'], required: readonly ApiKeyScope[]): void {
  const scope = scopes && required.find((needed) => !scopes.includes(needed))
  if (scope)
    throw new ForbiddenError('forbidden', `This API key does not have the scope ${scope}.`, {
      details: { scope },
    })
}

async function assertSession(
  ctx: Context,
  { caller, reauthentication }: Authorization,
  requirement: SessionRequirement,
): Promise<void> {
  if (!caller?.session) return
  if (requirement === 'recent-15-minutes') await reauthentication.assertFresh(ctx.req, ctx.res, 15 * 60_000)
  else if (requirement === 'recent') await reauthentication.assertFresh(ctx.req, ctx.res)
  else if (requirement === 'add-passkey') await reauthentication.assertCanAddPasskey(ctx.req, ctx.res)
  // Where `bootstrap` does not apply, it requires a passkey.
  else if (caller.session.withoutPasskey)
    throw new ForbiddenError('passkey_required', 'This session began without a passkey: register or use one first.')
  // Its exception ends after fifteen minutes, as for the other requirements.
  else if (caller.session.isOfSetUp) await reauthentication.assertFresh(ctx.req, ctx.res, Number.POSITIVE_INFINITY)
}

/** A session of the set-up API has the level of a registered passkey, although none may have been registered in it. */
function isOfSetUpApi({ acr, amr }: Pick<Session, 'acr' | 'amr'>): boolean {
  return acr === '1' && !amr.includes('pop')
}

/** Compares digests so that the timing reveals neither the content nor the length of the key. */
function staticKeyCheck(staticApiKey: string | undefined): (token: string) => boolean {
  if (staticApiKey === undefined) return () => false
  const expected = digest(staticApiKey)
  return (token) => timingSafeEqual(digest(token), expected)
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
