import { createHash, timingSafeEqual } from 'node:crypto'
import { isWithoutPasskey, type Pocket } from '@pocket/core'
import { Forbidden, NotAuthenticated } from '@pocket/core/errors'
import type { Directory, User } from '@pocket/directory'
import type { Context } from 'koa'
import { type ApiKeyScope, scopeOf } from '../../api-keys/api-key.ts'
import type { ApiKeys } from '../../api-keys/api-keys.ts'
import { staticUser } from '../../api-keys/static-user.ts'
import type { Admit } from './routes.ts'

export interface AdmissionPorts {
  readonly pocket: Pick<Pocket, 'session' | 'reauthentication'>
  readonly directory: Pick<Directory, 'find'>
  readonly apiKeys: Pick<ApiKeys, 'identify'>
  /** The key of the environment, which acts as an administrator who is stored nowhere. */
  readonly staticApiKey: string | undefined
}

interface Caller {
  readonly user: User
  /** `null`: everything that the user may. */
  readonly scopes: readonly ApiKeyScope[] | null
  /** Whether they are here by a session in which no passkey was used yet. */
  readonly withoutPasskey: boolean
}

const limited = new WeakMap<Context, readonly ApiKeyScope[]>()

/** Whether a call is made with an API key that may not do everything that its owner may. */
export function isLimited(ctx: Context): boolean {
  return limited.has(ctx)
}

/** For a call that reaches into other areas than its own. @throws {Forbidden} `forbidden` where a limited key lacks one */
export function assertScopes(ctx: Context, ...needed: readonly ApiKeyScope[]): void {
  const scopes = limited.get(ctx)
  const missing = scopes && needed.find((scope) => !scopes.includes(scope))
  if (missing) throw lacking(missing)
}

const withoutPasskeys = new WeakSet<Context>()

/** Whether a call may be told by what others are let in: not by a limited API key, nor in a session without a passkey. */
export function mayLetIn(ctx: Context): boolean {
  return !isLimited(ctx) && !withoutPasskeys.has(ctx)
}

const bySessions = new WeakMap<Context, Pocket['reauthentication']>()

/**
 * That whoever calls by a session has used a passkey in it within the last minute; API keys need their scope alone.
 *
 * @throws {NotAuthenticated} `reauthentication_required`
 */
export async function assertFresh(ctx: Context): Promise<void> {
  await bySessions.get(ctx)?.assertFresh(ctx.req, ctx.res)
}

/**
 * Decides who calls the REST API and whether they may. The browser's session comes first; where there is none, and the
 * operation welcomes API keys, the header `X-API-Key` counts. The person is read anew for every request, so what an
 * administrator changes holds at once. An API key that proves nothing is answered as if none had been sent.
 */
export function createAdmission({ pocket, directory, apiKeys, staticApiKey }: AdmissionPorts): Admit {
  const isStaticKey = staticKeyCheck(staticApiKey)

  const bySession = async (ctx: Context): Promise<Caller | undefined> => {
    const session = await pocket.session(ctx.req, ctx.res)
    const user = session && (await directory.find(session.accountId))
    return user && { user, scopes: null, withoutPasskey: isWithoutPasskey(session) }
  }

  const byApiKey = async (token: string): Promise<Caller | undefined> => {
    if (isStaticKey(token)) return { user: staticUser, scopes: null, withoutPasskey: false }
    const apiKey = await apiKeys.identify(token)
    const user = apiKey && (await directory.find(apiKey.ownerId))
    return user && { user, scopes: apiKey.scopes, withoutPasskey: false }
  }

  return async (ctx, operation) => {
    const token = ctx.get('X-API-Key')
    let caller = await bySession(ctx)
    if (caller) bySessions.set(ctx, pocket.reauthentication)
    if (!caller && token !== '') {
      if (operation.apiKey === false)
        throw new Forbidden(
          'api_key_auth_not_allowed',
          'API key authentication is not allowed here; sign in with a browser.',
        )
      caller = await byApiKey(token)
    }
    if (!caller) throw new NotAuthenticated('not_signed_in', 'Nobody is signed in.')
    assertAllowed(caller, operation)
    if (caller.scopes !== null) limited.set(ctx, caller.scopes)
    if (caller.withoutPasskey) withoutPasskeys.add(ctx)
    if (operation.sensitive) await assertFresh(ctx)
    return caller.user
  }
}

function assertAllowed({ user, scopes, withoutPasskey }: Caller, operation: Parameters<Admit>[1]): void {
  if (user.disabled) throw new Forbidden('user_disabled', 'This user is disabled.')
  if (operation.access === 'administrator' && !user.administrator)
    throw new Forbidden('forbidden', 'This is for administrators.')
  if (operation.needsPasskey && withoutPasskey)
    throw new Forbidden('passkey_required', 'This session began without a passkey: register or use one first.')
  const scope = scopeOf(operation)
  if (scopes === null || scopes.includes(scope)) return
  throw lacking(scope)
}

function lacking(scope: ApiKeyScope): Forbidden {
  return new Forbidden('forbidden', `This API key is limited, and ${scope} is not among its scopes.`, {
    details: { scope },
  })
}

/** Compares digests, so that neither the content nor the length of the key shows in the time that it takes. */
function staticKeyCheck(staticApiKey: string | undefined): (token: string) => boolean {
  if (staticApiKey === undefined) return () => false
  const expected = digest(staticApiKey)
  return (token) => timingSafeEqual(digest(token), expected)
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
