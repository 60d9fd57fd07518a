import type { IncomingMessage } from 'node:http'
import Provider, { type Adapter, type AdapterPayload, errors } from 'oidc-provider'
import { devicePollInterval } from '../codes/user-codes.ts'
import type { CoreContext } from '../context.ts'
import { ConflictError } from '../errors.ts'
import { sha256 } from '../hash.ts'
import { requestContext } from '../http/request-context.ts'
import { networkOf } from '../limits/network.ts'
import { createSealer } from '../sealing.ts'
import type { Artifact, Leeway } from './artifact-store.ts'
import { carriedInteraction, carryInteraction, clearCarriedInteraction } from './carried-interactions.ts'
import { carriedPushedRequest, carryPushedRequest, pushedRequestId } from './carried-pushed-requests.ts'
import { type ClientAdapterServices, clientAdapter } from './client-adapter.ts'
import { grantedModels, responseModel, revokeGrant } from './grant-destruction.ts'
import { authorizedAt } from './id-token-claims.ts'
import { importedTokenKey, isAuthenticToken, presentedToken } from './imported-tokens.ts'
import { storedTokenId } from './jwt-token-ids.ts'
import { AlreadyUsedError } from './overrides/replay-detection.ts'
import { deferConsumption, deferStorage, deferUse, type RefreshResponses, type SingleUse } from './refresh-responses.ts'
import { type AtomicAdapter, compareAndSetModels, hiddenPrefix, type StoredState } from './stored-payload.ts'
import { readToken, takeGrant } from './token-reads.ts'
import { tooManyRequests } from './too-many-requests.ts'

interface AdapterServices extends ClientAdapterServices {
  readonly refreshResponses: RefreshResponses
}

/** Replaces the interaction ID in stored return URLs, which would otherwise reveal it. */
const idPlaceholder = '{id}'

/** Maximum number of successful refreshes with one token of a public client within the leeway. */
const maxRefreshesWithinLeeway = 10

/** The stored remainder of a finished interaction. */
interface FinishedInteraction {
  readonly finishedFor: string
}

/** Maximum number of pending artifacts per network that have no account and no authenticated client. */
const maxPending: Readonly<Record<string, number>> = {
  Interaction: 30,
  PushedAuthorizationRequest: 16,
  DeviceCode: 12,
}

/** Bytes. */
const maxPendingBytes = 14 * 1024

/** Networks may have `factor` times as many pending requests of at most `bytes`, because many users can share a network. */
const smallRequests = { bytes: 1536, factor: 4 }

const tokenModels: ReadonlySet<string> = new Set([...grantedModels, 'ClientCredentials'])

const jwtModels: ReadonlySet<string> = new Set(['AccessToken', 'ClientCredentials'])

/** Milliseconds. */
const finishedLifetime = 3_600_000

/** Seconds. The library may pass zero or less for a signed request, whose row would not be counted or removed. */
const pushedRequestLifetime = 60

/** Milliseconds; longer than an interaction, which can use a pushed request that has expired. */
const usedRequestLifetime = 26 * 3_600_000

/** Marks, in place of a network, a stored interaction that was carried before, since URLs that contain it remain. */
const carriedBefore = 'carried'

/** An oidc-provider adapter over the Pocket stores. Hashes bearer values and removes them from payloads. */
export function createAdapterFactory(context: CoreContext, services: AdapterServices): (model: string) => Adapter {
  return (model) => (model === 'Client' ? clientAdapter(context, services) : artifactAdapter(model, context, services))
}

function artifactAdapter(
  model: string,
  { stores: { artifacts }, clock, masterKey, refreshLeeway }: CoreContext,
  { refreshResponses }: AdapterServices,
): Adapter & AtomicAdapter {
  /** With a key, because the code is short enough to be guessed from a plain hash. */
  const hashUserCode = (userCode: string) => masterKey.mac('user code', userCode)
  const pushedRequestSealer = createSealer(masterKey.derive('pushed requests'))
  /** The interaction that a request resumes, which it also finishes. */
  const readInteractions = new WeakMap<object, Artifact>()
  const isPushed = model === 'PushedAuthorizationRequest'
  const storedId = (id: string) => (isPushed ? pushedRequestId(id) : jwtModels.has(model) ? storedTokenId(id) : id)
  const keyOf = (id: string) => sha256(`${model}:${storedId(id)}`)
  /** The key under which a token of another provider is stored, if it can be one. */
  const importedKeyOf = (id: string) =>
    importedTokenKey(model, id.startsWith('jwt-') ? (presentedToken(Provider.ctx?.req) ?? id) : id)
  const findImported = async (id: string): Promise<Artifact | undefined> => {
    const key = importedKeyOf(id)
    const found = key === undefined ? undefined : await artifacts.find(key)
    const token = presentedToken(Provider.ctx?.req) ?? id
    return found && (await isAuthenticToken(token, found, masterKey)) ? found : undefined
  }
  const findArtifact = async (key: string): Promise<Artifact | undefined> => {
    const req = Provider.ctx?.req
    const grant = model === 'Grant' && req ? takeGrant(req, key) : undefined
    if (grant) return grant
    return req && tokenModels.has(model) ? readToken(artifacts, req, key) : artifacts.find(key)
  }
  /** The key of a refresh token that was found. */
  const refreshKeyOf = (id: string) => (model === 'RefreshToken' ? importedKeyOf(id) : undefined) ?? keyOf(id)
  /** An artifact found by UID or user code has its storage key, marked with a prefix, in place of the bearer value. */
  const storageKeyOf = (id: string) => (id.startsWith(hiddenPrefix) ? id.slice(hiddenPrefix.length) : keyOf(id))
  const toArtifact = ({ id, payload, expiresIn }: StoredState, key = keyOf(id)) =>
    createArtifact(model, {
      id,
      key,
      payload,
      expiresAt: expiresIn ? clock.now() + expiresIn * 1000 : null,
      userCodeHash: payload.userCode ? hashUserCode(payload.userCode) : null,
    })
  const usesCompareAndSet = compareAndSetModels.includes(model)
  const toPayload = (artifact: Artifact | undefined, id: string | undefined) => {
    const payload = readPayload(artifact, id)
    if (payload && 'finishedFor' in payload) return undefined
    return artifact && payload && usesCompareAndSet ? { ...payload, stored: artifact.payload } : payload
  }
  const leeway: Leeway | undefined =
    model === 'RefreshToken' && refreshLeeway > 0
      ? { milliseconds: refreshLeeway * 1000, uses: maxRefreshesWithinLeeway }
      : undefined
  const isWithinLeeway = (artifact: Artifact | undefined) =>
    leeway !== undefined && Math.abs(clock.now() - (artifact?.consumedAt ?? 0)) < leeway.milliseconds
  /** Revokes the grant if a code or refresh token is reused (RFC 6749 §4.1.2, RFC 9700 §4.14.2). */
  const revokeGrantOfReusedToken = async (id: string) => {
    const grantId = (await artifacts.find(refreshKeyOf(id)))?.grantId
    if (grantId) await revokeGrant(artifacts, grantId)
  }
  /** Responds with `slow_down` to a device that polls too often (RFC 8628 §3.5), unless the user has already decided. */
  const assertPollInterval = async (artifact: Artifact | undefined) => {
    if (artifact === undefined || Provider.ctx?.oidc?.route !== 'token') return
    // Concurrent polls are not a replay. Without this check the library would revoke the tokens just issued to the first one.
    if (artifact.consumedAt !== null && clock.now() - artifact.consumedAt < devicePollInterval)
      throw alreadyConsumed(model)
    if (artifact.accountId !== null) return
    if (!(await artifacts.poll(artifact.key, clock.now(), devicePollInterval))) throw new errors.SlowDown()
  }
  const insertPending = (artifact: Artifact, req: IncomingMessage, factor = 1) => {
    const network = networkOf(requestContext(req).ipAddress ?? '')
    return artifacts.insertPending({ ...artifact, network }, (maxPending[model] ?? 0) * factor, clock.now())
  }
  /** Limits stored requests per network, because anyone can send requests of a public client. */
  const storeForPublicClient = async (id: string, artifact: Artifact) => {
    const { ctx } = Provider
    const factor = Buffer.byteLength(artifact.payload) <= smallRequests.bytes ? smallRequests.factor : 1
    if (!ctx || (await insertPending(artifact, ctx.req, factor))) return
    if (isPushed && carryPushedRequest(pushedRequestSealer, ctx.req, id, artifact.payload)) return
    throw tooManyRequests('too many requests from this network are pending', 60)
  }
  /** Stores an interaction without a signed-in user only if it is small and its network has few; otherwise URLs carry it. */
  const startInteraction = async (id: string, artifact: Artifact) => {
    const req = Provider.ctx?.req
    if (artifact.accountId !== null || !req) return artifacts.upsert(artifact)
    const isStored = Buffer.byteLength(artifact.payload) <= maxPendingBytes && (await insertPending(artifact, req))
    if (!isStored) carryInteraction(id, artifact.payload)
  }
  const readCarried = (id: string): Artifact | undefined => {
    const interaction = model === 'Interaction' ? carriedInteraction(id) : undefined
    const payload = isPushed ? carriedPushedRequest(pushedRequestSealer, id) : interaction
    return payload === undefined
      ? undefined
      : { ...createArtifact(model, { id, key: keyOf(id), payload: {}, expiresAt: null, userCodeHash: null }), payload }
  }
  /** Stores a carried interaction once a user has signed in, exactly once; other results stay in the URL. */
  const replaceCarriedInteraction = async (id: string, artifact: Artifact, before: string): Promise<boolean> => {
    if (readCarried(id)?.payload !== before) return false
    if (artifact.accountId === null) {
      carryInteraction(id, artifact.payload)
      return true
    }
    if (!(await artifacts.insert({ ...artifact, network: carriedBefore }))) return false
    clearCarriedInteraction()
    return true
  }
  /** Stores a carried pushed request as used; `false` if it was used before. */
  const consumeCarried = (carried: Artifact): Promise<boolean> => {
    const at = clock.now()
    return artifacts.insert({ ...carried, payload: '{}', expiresAt: at + usedRequestLifetime, consumedAt: at })
  }
  return {
    async upsert(id, payload, lifetime) {
      const expiresIn = isPushed ? pushedRequestLifetime : lifetime
      const artifact = toArtifact({ id, payload: withRotationStart(model, payload), expiresIn })
      if (model === 'DeviceCode' && payload.accountId !== undefined) {
        if (!(await artifacts.decide({ ...artifact, key: storageKeyOf(id) }))) throw alreadyDecided()
        return
      }
      if ((model === 'RefreshToken' || model === 'AccessToken') && deferStorage(artifact)) return
      if (model === 'Interaction') return startInteraction(id, artifact)
      if (isByPublicClient(model)) return storeForPublicClient(id, artifact)
      // Saved again with its user code, outside the context of the library.
      if (model === 'DeviceCode')
        return artifacts.upsert({ ...artifact, network: (await artifacts.find(artifact.key))?.network ?? null })
      if (model !== 'ReplayDetection') return artifacts.upsert(artifact)
      if (!(await artifacts.insert(artifact))) throw new AlreadyUsedError()
    },
    async insert(state) {
      const artifact = toArtifact(state)
      await artifacts.upsert(artifact)
      return artifact.payload
    },
    async replace(from, state, before) {
      const artifact = toArtifact(state, storageKeyOf(state.id))
      const isReplaced =
        (await artifacts.replace(storageKeyOf(from), artifact, before)) ||
        (await replaceCarriedInteraction(from, artifact, before))
      return isReplaced ? artifact.payload : undefined
    },
    async touch(id, { use, expiresIn }) {
      const found = await artifacts.find(keyOf(id))
      if (found === undefined) return false
      const expiresAt = clock.now() + expiresIn * 1000
      const payload = { ...JSON.parse(found.payload), use, exp: Math.floor(expiresAt / 1000) }
      return artifacts.refresh({ ...found, payload: JSON.stringify(payload), expiresAt }, found.payload)
    },
    async find(id) {
      const stored = (await findArtifact(keyOf(id))) ?? (await findImported(id))
      if (stored && model === 'Interaction' && Provider.ctx) readInteractions.set(Provider.ctx.req, stored)
      const artifact = stored ?? readCarried(id)
      if (model === 'DeviceCode') await assertPollInterval(artifact)
      const presented = artifact && model === 'RefreshToken' ? await refreshResponses.present(artifact) : undefined
      const consumable = artifact && isWithinLeeway(artifact) ? { ...artifact, consumedAt: null } : artifact
      return withoutAudience(toPayload(presented ?? consumable, id))
    },
    async findByUid(uid) {
      return toPayload(await artifacts.findByUid(model, uid), undefined)
    },
    async findByUserCode(userCode) {
      const found = readPayload(await artifacts.findByUserCode(model, hashUserCode(userCode)), undefined)
      return found && { ...found, userCode }
    },
    async consume(id) {
      if (model === 'RefreshToken' && deferConsumption()) return
      const use: SingleUse = {
        ...{ key: refreshKeyOf(id), at: clock.now(), leeway },
        async reject() {
          // A refresh beyond the limit within the leeway is not a replay, so earlier tokens remain valid.
          const isConcurrent = model === 'DeviceCode' || isWithinLeeway(await artifacts.find(refreshKeyOf(id)))
          if (!isConcurrent) await revokeGrantOfReusedToken(id)
          throw alreadyConsumed(model)
        },
      }
      const carried = isPushed ? readCarried(id) : undefined
      if (carried ? await consumeCarried(carried) : deferUse(use)) return
      if (!(await artifacts.consume(use.key, use.at, use.leeway))) await use.reject()
    },
    async destroy(id) {
      const key = keyOf(id)
      const importedKey = importedKeyOf(id)
      if (importedKey !== undefined) await artifacts.destroy(importedKey)
      if (model !== 'Interaction') return artifacts.destroy(key)
      const read = Provider.ctx && readInteractions.get(Provider.ctx.req)
      const found = read?.key === key ? read : await artifacts.find(key)
      if (!found) return artifacts.destroy(key)
      // Keep the client ID, so that another tab returning to this interaction can start again.
      const { params }: AdapterPayload = JSON.parse(found.payload)
      const finished: FinishedInteraction = { finishedFor: String(params?.client_id ?? '') }
      const validUntil = found.network === carriedBefore ? (found.expiresAt ?? 0) : 0
      const expiresAt = Math.max(clock.now() + finishedLifetime, validUntil)
      // An interaction in which a user signed in no longer counts as pending.
      const network = found.accountId === null ? found.network : null
      await artifacts.upsert({ ...found, payload: JSON.stringify(finished), accountId: null, network, expiresAt })
    },
    async finishedFor(id) {
      const found = await artifacts.find(keyOf(id))
      const { finishedFor }: Partial<FinishedInteraction> = found ? JSON.parse(found.payload) : {}
      return finishedFor
    },
    async revokeByGrantId(grantId) {
      if (!grantId) return
      await artifacts.destroyByGrant(model, grantId)
      if (model === 'RefreshToken') await artifacts.destroyByGrant(responseModel, grantId)
    },
  }
}

/** Starts the rotation chain of a refresh token at the authorization; the library starts it at the code exchange. */
function withRotationStart(model: string, payload: AdapterPayload): AdapterPayload {
  const iiat = model === 'RefreshToken' ? authorizedAt(Provider.ctx?.oidc?.entities) : undefined
  return iiat === undefined ? payload : { ...payload, iiat }
}

interface ArtifactInput {
  readonly id: string
  readonly key: string
  readonly payload: AdapterPayload
  readonly expiresAt: number | null
  readonly userCodeHash: string | null
}

function createArtifact(model: string, { id, key, payload, expiresAt, userCodeHash }: ArtifactInput): Artifact {
  const { jti: _jti, kind: _kind, consumed: _consumed, userCode: _userCode, ...rest } = payload
  // An answered interaction belongs to the account that signed in.
  const accountId = payload.result?.login?.accountId ?? payload.accountId ?? payload.session?.accountId ?? null
  return {
    key,
    model,
    payload: JSON.stringify(omitBearerValues(id, rest)),
    grantId: payload.grantId ?? null,
    accountId,
    clientId: payload.clientId ?? null,
    uid: model === 'Session' ? (payload.uid ?? null) : null,
    userCodeHash,
    expiresAt,
    consumedAt: null,
    timesConsumed: null,
    polledAt: null,
    network: null,
  }
}

function omitBearerValues(id: string, payload: AdapterPayload): AdapterPayload {
  const { returnTo, session, params, prompt, ...rest } = payload
  if (session) delete session.cookie
  return {
    ...rest,
    ...(params && { params: omitHint(params) }),
    ...(prompt && { prompt: { ...prompt, details: omitHint(prompt.details) } }),
    ...(session && { session }),
    ...(returnTo !== undefined && { returnTo: returnTo.replaceAll(id, idPlaceholder) }),
  }
}

/** Drops `id_token_hint`: the library reads it before the interaction starts, and tokens of users with many groups are long. */
function omitHint({ id_token_hint: _hint, ...rest }: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return rest
}

function readPayload(artifact: Artifact | undefined, id: string | undefined): AdapterPayload | undefined {
  if (!artifact) return undefined
  const payload: AdapterPayload = JSON.parse(artifact.payload)
  if (payload.returnTo !== undefined && id !== undefined)
    payload.returnTo = payload.returnTo.replaceAll(idPlaceholder, id)
  // An artifact found by UID or user code can be read and written back, but not used as a bearer value.
  payload.jti = id ?? `${hiddenPrefix}${artifact.key}`
  payload.kind = artifact.model
  if (artifact.consumedAt !== null) payload.consumed = Math.floor(artifact.consumedAt / 1000)
  return payload
}

/** Whether the current request of an unauthenticated client creates this artifact. */
function isByPublicClient(model: string): boolean {
  const { oidc } = Provider.ctx ?? {}
  const route = model === 'DeviceCode' ? 'device_authorization' : 'pushed_authorization_request'
  return model in maxPending && oidc?.route === route && oidc.client?.clientAuthMethod === 'none'
}

function alreadyConsumed(model: string): Error {
  return model === 'PushedAuthorizationRequest'
    ? new errors.InvalidRequestUri('the request_uri has already been used')
    : new errors.InvalidGrant(`${model} already consumed`)
}

function alreadyDecided(): Error {
  return new ConflictError('oidc_device_code_used', 'A user has already decided on this code.')
}

/** Removes the audience of an API token for UserInfo requests, because the audience is the API. */
function withoutAudience(payload: AdapterPayload | undefined): AdapterPayload | undefined {
  if (payload?.aud === undefined || Provider.ctx?.oidc?.route !== 'userinfo') return payload
  if (!payload.scope?.split(' ').includes('openid')) return payload
  const { aud: _, ...rest } = payload
  return rest
}
