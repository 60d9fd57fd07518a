import Provider, { errors, type KoaContextWithOIDC } from 'oidc-provider'
import { ConfigurationError } from '../../errors.ts'
import { type RequestContext, requestContext } from '../../http/request-context.ts'
import { randomToken } from '../../random.ts'
import { minUseInterval, remainingLifetime, type SessionUse, updateUse } from '../../sessions/session-use.ts'
import { findInactiveSessions } from '../inactive-sessions.ts'
import type { ProviderSession } from '../logout.ts'
import type { ProviderContext } from '../provider-context.ts'
import { endAuthorizations, endSessionsOfBrowser } from '../session-ends.ts'
import { isOtherLogin, mergeSessions, type SessionContent, supersedes } from '../session-merge.ts'
import {
  findStoredPayload,
  hiddenPrefix,
  SessionEnded,
  type StoredModel,
  type StoredPayload,
} from '../stored-payload.ts'
import { getSnapshot, setSnapshot } from './snapshots.ts'
import type { OverriddenMember } from './table.ts'

/** Members of the library's session that its types omit, and our additions. */
interface SessionInternals extends Omit<StoredModel, 'jti'> {
  touched?: boolean
  use?: SessionUse
  [write]?: (options?: WriteOptions) => Promise<boolean>
}

type StoredSession = ProviderSession & SessionInternals

type SessionMethod = 'save' | 'destroy' | 'loginAccount' | 'resetIdentifier'

interface WriteOptions {
  /** After a concurrent write, decides whether to discard this change. */
  readonly shouldDiscard?: (stored: StoredPayload) => boolean
  /** Reverts the change to the state that was read. */
  readonly undo?: (base: SessionContent) => void
}

/** Seconds. */
const clockTolerance = 60

const write = Symbol('write')
/** Fields excluded from comparison, because they change with each use. */
const usageFields = ['iat', 'exp', 'jti', 'kind', 'uid', 'use']
/** Our additional session fields; `revision` changes when access is withdrawn. */
const additionalFields = ['use', 'revision']

/**
 * Stores sessions by compare-and-set. The library overwrites the whole session at the end of each request, with a new ID after
 * each interaction, and loses concurrent changes. Here a conflicting write is merged and retried, a write to an ended session
 * is dropped, and no authorization response is sent unless the stored session lists its grant. The ID changes only with the
 * account or the authentication level. If only the last use has changed, it is written once a minute.
 */
export function sessionOverrides(provider: Provider, context: ProviderContext) {
  const { clock, stores, sessionLifetime, browserIds } = context
  const { Session } = provider
  const { prototype } = Session
  const { loginAccount, resetIdentifier } = prototype
  const payloadFields = [...Session.IN_PAYLOAD, ...additionalFields]
  const names = payloadFields.filter((name) => !usageFields.includes(name))
  const serializeContent = (content: object) => JSON.stringify(names.map((name) => Reflect.get(content, name)))
  const replacements: Partial<Record<OverriddenMember, unknown>> = { 'Session.IN_PAYLOAD': payloadFields }
  const override = (name: SessionMethod, value: (this: StoredSession, ...args: never[]) => unknown) => {
    replacements[`Session.prototype.${name}`] = value
  }

  const authorizedRequests = new WeakSet<object>()
  provider.on('authorization.success', ({ req }: KoaContextWithOIDC) => authorizedRequests.add(req))

  /** Merges a concurrent change into this session. */
  const merge = (session: StoredSession, base: SessionContent, stored: StoredPayload) => {
    const merged = mergeSessions(base, session, stored, names)
    if (merged === undefined) throw new SessionEnded()
    for (const name of names) {
      const value: unknown = Reflect.get(merged, name)
      if (Reflect.get(session, name) !== value) Reflect.set(session, name, value)
    }
    if (stored.use) session.use = stored.use as SessionUse
    if (!isOtherLogin(session, stored) || session.jti === getSnapshot(session)?.id)
      session.jti = stored.jti ?? session.jti
    setSnapshot(session, { id: stored.jti ?? '', text: stored.stored })
  }

  const store = async (session: StoredSession, expiresIn: number) => {
    const { payload } = await session.getValueAndPayload()
    const state = { id: session.jti, payload, expiresIn }
    const before = getSnapshot(session)
    if (before === undefined) return session.adapter.insert(state)
    const { accountId, authorizations = {} }: SessionContent = JSON.parse(before.text)
    const removedEntries = Object.entries(authorizations).filter(
      ([id]) => !Object.hasOwn(session.authorizations ?? {}, id),
    )
    const replace = () => session.adapter.replace(before.id, state, before.text)
    if (removedEntries.length === 0) return replace()
    return stores.transaction(async () => {
      const text = await replace()
      if (text !== undefined)
        await endAuthorizations(provider, stores.artifacts, {
          accountId,
          authorizations: Object.fromEntries(removedEntries),
        })
      return text
    })
  }

  const writeSession = async function (
    this: StoredSession,
    { shouldDiscard = () => false, undo = () => {} }: WriteOptions = {},
  ): Promise<boolean> {
    const req = Provider.ctx?.req
    for (;;) {
      const before = getSnapshot(this)
      const base: SessionContent | undefined = before && JSON.parse(before.text)
      const now = clock.now()
      const isUnchanged = base && serializeContent(this) === serializeContent(base) && this.jti === before?.id
      if (isUnchanged && this.use && now - this.use.lastUsedAt < minUseInterval) break
      const isSignedIn = this.accountId !== undefined
      if (isSignedIn) this.use = updateUse(this.use, req && requestContext(req), now)
      const expiresIn = remainingLifetime(await sessionLifetime(), isSignedIn ? this.loginTs : undefined, now)
      this.exp = Math.floor(now / 1000) + expiresIn
      const text = await store(this, expiresIn)
      if (text !== undefined) {
        setSnapshot(this, { id: this.jti, text })
        break
      }
      const stored = await findStoredPayload(this, before?.id ?? '', this.uid)
      if (stored === undefined || base === undefined) throw new SessionEnded()
      const isDiscarded = shouldDiscard(stored)
      if (isDiscarded) undo(base)
      merge(this, base, stored)
      if (isDiscarded) return false
    }
    this.touched = false
    return true
  }
  Object.defineProperty(prototype, write, { configurable: true, value: writeSession })

  /** The library calls this to store the session at the end of a request. */
  override('save', async function (this: StoredSession) {
    const { ctx } = Provider
    try {
      // The library also saves an empty session in place of one that has ended or has another ID by now.
      if (isStored(this) || this.touched) await saveSession(this)
      if (ctx && authorizedRequests.has(ctx.req)) await assertGrantListed(this, ctx)
    } catch (error) {
      this.touched = false
      if (ctx) removeSessionCookie(ctx)
      if (!(error instanceof SessionEnded)) throw error
      if (ctx && authorizedRequests.has(ctx.req)) await rejectResponse(ctx)
    }
    // A late response must not replace a newer ID of the browser by the one of its request.
    if (ctx && (!isStored(this) || !isIdKnown(this) || isIdOfRequest(this, ctx))) removeSessionCookie(ctx)
    return this.jti
  })

  override('destroy', async function (this: StoredSession) {
    const { ctx } = Provider
    await endSessionsOfBrowser(provider, stores, {
      sessions: [this],
      browsers: ctx ? browserIds(ctx.req) : [],
      inactive: ctx ? await findInactiveSessions(provider, ctx.oidc.cookies) : [],
    })
    Reflect.set(this, 'destroyed', true)
  })

  override('loginAccount', function (this: StoredSession, loginParams: Parameters<typeof loginAccount>[0]) {
    // Sessions start only in `sessions.ts`, which records their history; a resumed interaction uses the existing session.
    if (Provider.ctx?.oidc?.route?.endsWith('resume')) return
    const now = Math.floor(clock.now() / 1000)
    const details = { ...loginParams, loginTs: loginParams.loginTs ?? now }
    // An older pending interaction does not replace a later sign-in, unless the clock was set back.
    if (!supersedes(details, this) && (this.loginTs ?? 0) <= now + clockTolerance) return
    const isOtherAccount = isOtherLogin(details, this)
    loginAccount.call(this, details)
    // Change the ID, so that a holder of the old ID does not gain the new authentication (session fixation).
    if (isOtherAccount && getSnapshot(this)) resetIdentifier.call(this)
  })

  /**
   * The library resets the ID after each interaction, so of two concurrent ones, one would set a cookie for an unstored
   * session.
   */
  override('resetIdentifier', () => {})

  return replacements
}

/** Stores the session. @throws {SessionEnded} if it has since ended */
export async function saveSession(session: ProviderSession): Promise<void> {
  await getWriter(session)()
}

/**
 * Adds the grant to the stored session, so that ending the session revokes it. If a concurrent request added another grant of
 * this client or withdrew access, returns `false` and updates the session to the stored state.
 *
 * @throws {SessionEnded} if the session has since ended
 */
export async function addGrantToSession(session: ProviderSession, clientId: string, grantId: string): Promise<boolean> {
  const before = session.authorizations
  const present = before?.[clientId]
  const revision: unknown = Reflect.get(session, 'revision')
  const authorization = { ...present, sid: present?.sid ?? randomToken(), grantId, persistsLogout: true }
  session.authorizations = { ...before, [clientId]: authorization }
  const isAdded = await getWriter(session)({
    shouldDiscard: ({ authorizations, ...stored }) =>
      authorizations?.[clientId]?.grantId !== present?.grantId || Reflect.get(stored, 'revision') !== revision,
    undo: ({ authorizations = {} }) => {
      // Revert only the entry of this client, because the merge may have added those of others.
      const { [clientId]: _, ...otherEntries } = session.authorizations ?? {}
      const present = authorizations[clientId]
      session.authorizations = { ...otherEntries, ...(present && { [clientId]: present }) }
    },
  })
  // The library sets the cookie of a new session only if it has something left to store.
  Reflect.set(session, 'touched', true)
  return isAdded
}

export function sessionEndedError({ oidc }: KoaContextWithOIDC): Error {
  return oidc.prompts.has('none') ? new errors.LoginRequired('the session has ended') : new SessionEnded()
}

/** Whether this process knows the session ID. It does not if another request has changed the ID. */
export function isIdKnown(session: ProviderSession): boolean {
  return !session.jti.startsWith(hiddenPrefix)
}

/** Whether the session was read from the store or written to it. */
export function isStored(session: ProviderSession): boolean {
  return getSnapshot(session) !== undefined
}

/** The last use of a session; `undefined` before the first sign-in. */
export function getUse(session: ProviderSession & Pick<SessionInternals, 'use'>): SessionUse | undefined {
  return session.use
}

/** Sets the use that is stored with the next write. */
export function setUse(
  session: ProviderSession & Pick<SessionInternals, 'use'>,
  origin: Pick<RequestContext, 'ipAddress' | 'userAgent'>,
  now: number,
): void {
  session.use = updateUse(session.use, origin, now)
}

/** Stores only the use of the session; `expiresIn` is in seconds. */
export async function touch(
  session: ProviderSession,
  update: { readonly use: SessionUse; readonly expiresIn: number },
): Promise<boolean> {
  return getInternals(session).adapter.touch(session.jti, update)
}

/** The cast is safe: the members that the library's types omit are checked at start. */
function getInternals(session: ProviderSession): SessionInternals {
  return session as StoredSession
}

function getWriter(session: ProviderSession) {
  const writer = getInternals(session)[write]
  if (!writer) throw new ConfigurationError('The session belongs to another provider.')
  return writer.bind(session)
}

/** Checks that the stored session still lists the grant, unless nothing has changed since the last write. */
async function assertGrantListed(session: StoredSession, { oidc }: KoaContextWithOIDC): Promise<void> {
  const { id = '', text } = getSnapshot(session) ?? {}
  const stored = await findStoredPayload(session, id, session.uid)
  if (stored?.stored === text) return
  const clientId = oidc.client?.clientId ?? ''
  if (stored?.authorizations?.[clientId]?.grantId !== oidc.grant?.jti) throw new SessionEnded()
}

/** Destroys the code and token of the response. The grant was revoked with the session, unless the session only expired. */
async function rejectResponse(ctx: KoaContextWithOIDC): Promise<never> {
  const { AuthorizationCode, AccessToken } = ctx.oidc.entities
  await AuthorizationCode?.destroy()
  await AccessToken?.destroy()
  ctx.remove('Location')
  throw sessionEndedError(ctx)
}

function isIdOfRequest({ jti }: StoredSession, { oidc }: KoaContextWithOIDC): boolean {
  return oidc.cookies.get(oidc.provider.cookieName('session')) === jti
}

function removeSessionCookie({ res, oidc }: KoaContextWithOIDC): void {
  const name = oidc.provider.cookieName('session')
  const cookies = [res.getHeader('set-cookie') ?? []].flat().map(String)
  const otherCookies = cookies.filter((cookie) => !cookie.startsWith(`${name}=`) && !cookie.startsWith(`${name}.sig=`))
  if (otherCookies.length > 0) res.setHeader('set-cookie', otherCookies)
  else res.removeHeader('set-cookie')
}
