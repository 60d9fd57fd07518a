import type { IncomingMessage } from 'node:http'
import Provider, { errors, type KoaContextWithOIDC } from 'oidc-provider'
import type { Clock } from '../clock.ts'
import { Misconfigured } from '../errors.ts'
import { type RequestContext, requestContext } from '../http/request-context.ts'
import { randomToken } from '../random.ts'
import { remaining, type SessionLifetime, type SessionUse, usedNow, useExactness } from '../sessions/session-use.ts'
import type { Transaction } from '../transaction.ts'
import type { ArtifactStore } from './artifact-store.ts'
import type { ProviderSession } from './logout.ts'
import { endAuthorizations, endSession, endSessionsOfBrowser } from './session-ends.ts'
import { isOtherLogin, mergeSessions, type SessionContent, supersedes } from './session-merge.ts'
import { type FoundPayload, hidden, readStored, type StoredModel, setSnapshot, snapshotOf } from './stored-payload.ts'

/** What the library's session has beside its types, and what we add to it. */
interface SessionInternals extends Omit<StoredModel, 'jti'> {
  touched?: boolean
  use?: SessionUse
  /** Where the session began, see `browserOf`. */
  browser?: string | undefined
  [write]?: (given?: WriteOptions) => Promise<boolean>
}

type StoredSession = ProviderSession & SessionInternals

interface WriteOptions {
  /** Decides, where somebody else has stored the session meanwhile, whether to give this change up. */
  readonly unless?: (stored: FoundPayload) => boolean
  /** Takes the change back, to what the session was read as. */
  readonly undo?: (base: SessionContent) => void
}

/** Seconds. */
const clockTolerance = 60

const write = Symbol('write')
/** What is not compared: it changes with each use. */
const ofUse = ['iat', 'exp', 'jti', 'kind', 'uid', 'use']
/** What our sessions hold beside the library's: `revision` changes when access is withdrawn. */
const ownNames = ['use', 'revision', 'browser']

export interface SessionOverridePorts {
  readonly clock: Clock
  readonly sessionLifetime: () => Promise<SessionLifetime>
  readonly artifacts: ArtifactStore
  readonly transaction: Transaction
  /** Names the browser that a request comes from, and tells nobody how to be it. */
  readonly browserOf: (req: IncomingMessage) => string | undefined
}

/** The session ended while a request was under way that needs it. */
export class SessionEnded extends errors.SessionNotFound {
  override allow_redirect = false

  constructor() {
    super('the session has ended')
  }
}

/**
 * The library writes the whole session again at the end of each request, under a new ID after each interaction, whatever
 * happened to it meanwhile. Here a session is stored by compare-and-set: a write that finds that another request has changed
 * it is merged with that change and repeated, one that finds the session ended writes nothing, and no authorization is
 * answered unless the stored session lists its grant. The ID changes only with the account or the strength of the
 * authentication. Uses are written once a minute if nothing else has changed.
 */
export function saveSessionsAtomically(provider: Provider, ports: SessionOverridePorts): void {
  const { clock, sessionLifetime, transaction, browserOf } = ports
  const { Session } = provider
  const { prototype } = Session
  const { loginAccount, resetIdentifier } = prototype
  const inPayload: unknown = Reflect.get(Session, 'IN_PAYLOAD')
  if (![prototype.save, prototype.destroy, loginAccount, resetIdentifier].every((each) => typeof each === 'function'))
    throw new Misconfigured('This version of oidc-provider stores sessions in another way: it cannot be used.')
  if (!Array.isArray(inPayload) || !('adapter' in prototype) || !('getValueAndPayload' in prototype))
    throw new Misconfigured('This version of oidc-provider makes sessions in another way: it cannot be used.')
  Object.defineProperty(Session, 'IN_PAYLOAD', { configurable: true, value: [...inPayload, ...ownNames] })
  const names = Session.IN_PAYLOAD.filter((name) => !ofUse.includes(name))
  const contentOf = (content: object) => JSON.stringify(names.map((name) => Reflect.get(content, name)))
  const override = (name: string | symbol, value: (this: StoredSession, ...given: never[]) => unknown) =>
    Object.defineProperty(prototype, name, { configurable: true, writable: true, value })

  const answered = new WeakSet<object>()
  provider.on('authorization.success', ({ req }: KoaContextWithOIDC) => answered.add(req))

  /** Takes over what somebody else has stored meanwhile. */
  const merge = (session: StoredSession, base: SessionContent, stored: FoundPayload) => {
    const merged = mergeSessions(base, session, stored, names)
    if (merged === undefined) throw new SessionEnded()
    for (const name of names) {
      const value: unknown = Reflect.get(merged, name)
      if (Reflect.get(session, name) !== value) Reflect.set(session, name, value)
    }
    if (stored.use) session.use = stored.use as SessionUse
    if (!isOtherLogin(session, stored) || session.jti === snapshotOf(session)?.id)
      session.jti = stored.jti ?? session.jti
    setSnapshot(session, { id: stored.jti ?? '', text: stored.stored })
  }

  const store = async (session: StoredSession, expiresIn: number) => {
    const { payload } = await session.getValueAndPayload()
    const state = { id: session.jti, payload, expiresIn }
    const before = snapshotOf(session)
    if (before === undefined) return session.adapter.insert(state)
    const { accountId, authorizations = {} }: SessionContent = JSON.parse(before.text)
    const left = Object.entries(authorizations).filter(([id]) => !Object.hasOwn(session.authorizations ?? {}, id))
    const replace = () => session.adapter.replace(before.id, state, before.text)
    if (left.length === 0) return replace()
    return transaction(async () => {
      const text = await replace()
      if (text !== undefined) await endAuthorizations(provider, { accountId, authorizations: Object.fromEntries(left) })
      return text
    })
  }

  override(write, async function (this: StoredSession, { unless = () => false, undo = () => {} }: WriteOptions = {}) {
    const req = Provider.ctx?.req
    for (;;) {
      const before = snapshotOf(this)
      if (!before && req) this.browser ??= browserOf(req)
      const base: SessionContent | undefined = before && JSON.parse(before.text)
      const now = clock.now()
      const isUnchanged = base && contentOf(this) === contentOf(base) && this.jti === before?.id
      if (isUnchanged && this.use && now - this.use.lastUsedAt < useExactness) break
      const signedIn = this.accountId !== undefined
      if (signedIn) this.use = usedNow(this.use, req && requestContext(req), now)
      const expiresIn = remaining(await sessionLifetime(), signedIn ? this.loginTs : undefined, now)
      this.exp = Math.floor(now / 1000) + expiresIn
      const text = await store(this, expiresIn)
      if (text !== undefined) {
        setSnapshot(this, { id: this.jti, text })
        break
      }
      const stored = await readStored(this, before?.id ?? '', this.uid)
      if (stored === undefined || base === undefined) throw new SessionEnded()
      const isGivenUp = unless(stored)
      if (isGivenUp) undo(base)
      merge(this, base, stored)
      if (isGivenUp) return false
    }
    this.touched = false
    return true
  })

  /** The library's way to store the session of a request, at its end. */
  override('save', async function (this: StoredSession) {
    const { ctx } = Provider
    try {
      await saveSession(this)
      if (ctx && answered.has(ctx.req)) await assertListed(this, ctx)
    } catch (error) {
      this.touched = false
      if (ctx) withholdCookie(ctx)
      if (!(error instanceof SessionEnded)) throw error
      if (ctx && answered.has(ctx.req)) await refuse(ctx)
    }
    if (ctx && !isNamed(this)) withholdCookie(ctx)
    return this.jti
  })

  override('destroy', async function (this: StoredSession) {
    const ended = await endSession(provider, transaction, this.uid)
    // Sign-ins in several tabs at once begin several sessions, of which the browser keeps one.
    if (ended) await endSessionsOfBrowser(provider, ports, ended)
    Reflect.set(this, 'destroyed', true)
  })

  override('loginAccount', function (this: StoredSession, given: Parameters<typeof loginAccount>[0]) {
    // A session begins where its history is kept and nowhere else: an interaction goes on in the one that is there.
    if (Provider.ctx?.oidc?.route?.endsWith('resume')) return
    const now = Math.floor(clock.now() / 1000)
    const details = { ...given, loginTs: given.loginTs ?? now }
    // What an interaction has waited with does not undo a later sign-in, unless a clock was set back since.
    if (!supersedes(details, this) && (this.loginTs ?? 0) <= now + clockTolerance) return
    const isOther = isOtherLogin(details, this)
    loginAccount.call(this, details)
    // Whoever knows the ID of the session as it was has no share in what it is from now on.
    if (isOther && snapshotOf(this)) resetIdentifier.call(this)
  })

  /** The library calls this after each interaction: of two that end at once, one would name a session that is not stored. */
  override('resetIdentifier', () => {})
}

/** Stores the session. @throws {SessionEnded} if it ended meanwhile */
export async function saveSession(session: ProviderSession): Promise<void> {
  await writerOf(session)()
}

/**
 * Lists the grant in the stored session, where every end of the session finds it. Returns `false`, with the session as it is
 * stored now, if another authorization of this client was listed, or access was withdrawn, meanwhile.
 *
 * @throws {SessionEnded} if the session ended meanwhile
 */
export async function listGrant(session: ProviderSession, clientId: string, grantId: string): Promise<boolean> {
  const before = session.authorizations
  const present = before?.[clientId]
  const revision: unknown = Reflect.get(session, 'revision')
  const listed = { ...present, sid: present?.sid ?? randomToken(), grantId, persistsLogout: true }
  session.authorizations = { ...before, [clientId]: listed }
  const isListed = await writerOf(session)({
    unless: ({ authorizations, ...stored }) =>
      authorizations?.[clientId]?.grantId !== present?.grantId || Reflect.get(stored, 'revision') !== revision,
    undo: ({ authorizations = {} }) => {
      // Only this client's entry: those of others may have been merged in since.
      const { [clientId]: _, ...others } = session.authorizations ?? {}
      const present = authorizations[clientId]
      session.authorizations = { ...others, ...(present && { [clientId]: present }) }
    },
  })
  // The library hands out the cookie of a new session only if it still has something to store.
  Reflect.set(session, 'touched', true)
  return isListed
}

/** The error for a client or a person whose session ended while an authorization was under way. */
export function sessionEndedError({ oidc }: KoaContextWithOIDC): Error {
  return oidc.prompts.has('none') ? new errors.LoginRequired('the session has ended') : new SessionEnded()
}

/** Whether the ID of the session is known here. It is not if another request has given it a new one. */
export function isNamed(session: ProviderSession): boolean {
  return !session.jti.startsWith(hidden)
}

/** Says in which browser a session begins; `undefined` if that is not known. */
export function noteBrowser(session: ProviderSession, browser: string | undefined): void {
  if (!snapshotOf(session)) internalsOf(session).browser = browser
}

/** Where and when a session was used; `undefined` before the first sign-in in it. */
export function useOf(session: ProviderSession & Pick<SessionInternals, 'use'>): SessionUse | undefined {
  return session.use
}

/** Says whose use of a session the next time is at which it is stored. */
export function noteUse(
  session: ProviderSession & Pick<SessionInternals, 'use'>,
  origin: Pick<RequestContext, 'ipAddress' | 'userAgent'>,
  now: number,
): void {
  session.use = usedNow(session.use, origin, now)
}

/** Stores a use of the session and nothing else of it; `expiresIn` in seconds. */
export async function touch(
  session: ProviderSession,
  touched: { readonly use: SessionUse; readonly expiresIn: number },
): Promise<boolean> {
  return internalsOf(session).adapter.touch(session.jti, touched)
}

/** A cast, since this is none of the library's types; `saveSessionsAtomically` asserts that it is there. */
function internalsOf(session: ProviderSession): SessionInternals {
  return session as StoredSession
}

function writerOf(session: ProviderSession) {
  const writer = internalsOf(session)[write]
  if (!writer) throw new Misconfigured('The session belongs to another provider.')
  return writer.bind(session)
}

/** What was just written is as it is here; otherwise somebody may have ended it, or withdrawn what is being answered. */
async function assertListed(session: StoredSession, { oidc }: KoaContextWithOIDC): Promise<void> {
  const { id = '', text } = snapshotOf(session) ?? {}
  const stored = await readStored(session, id, session.uid)
  if (stored?.stored === text) return
  const clientId = oidc.client?.clientId ?? ''
  if (stored?.authorizations?.[clientId]?.grantId !== oidc.grant?.jti) throw new SessionEnded()
}

/** Takes back what was about to be answered. Its grant ended with the session, unless that only expired. */
async function refuse(ctx: KoaContextWithOIDC): Promise<never> {
  const { AuthorizationCode, AccessToken } = ctx.oidc.entities
  await AuthorizationCode?.destroy()
  await AccessToken?.destroy()
  ctx.remove('Location')
  throw sessionEndedError(ctx)
}

/** No ID is handed out of a session that is not stored under it. */
function withholdCookie({ res, oidc }: KoaContextWithOIDC): void {
  const name = oidc.provider.cookieName('session')
  const cookies = [res.getHeader('set-cookie') ?? []].flat().map(String)
  const others = cookies.filter((cookie) => !cookie.startsWith(`${name}=`) && !cookie.startsWith(`${name}.sig=`))
  if (others.length > 0) res.setHeader('set-cookie', others)
  else res.removeHeader('set-cookie')
}
