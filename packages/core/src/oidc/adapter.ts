import type { IncomingMessage } from 'node:http'
import Provider, { type Adapter, type AdapterPayload, errors } from 'oidc-provider'
import type { ClientStore } from '../clients/client-store.ts'
import { isDocumentAddress } from '../clients/metadata-document.ts'
import type { DocumentEvents, MetadataDocuments } from '../clients/metadata-documents.ts'
import type { Clock } from '../clock.ts'
import { devicePollInterval } from '../codes/user-codes.ts'
import { Conflict, InvalidInput } from '../errors.ts'
import { sha256 } from '../hash.ts'
import { requestContext } from '../http/request-context.ts'
import { networkOf } from '../limits/network.ts'
import { withoutAudience } from './api-access-tokens.ts'
import type { Artifact, ArtifactStore, Leeway } from './artifact-store.ts'
import { carriedInteraction, carryInteraction, stopCarrying } from './carried-interactions.ts'
import type { ClientMetadataOf } from './client-metadata.ts'
import { answerModel, destroyGrant } from './grant-destruction.ts'
import { storedTokenId } from './login-token-ids.ts'
import { consumeAtEnd, type RefreshAnswers, storeAtEnd } from './refresh-answers.ts'
import type { Registrar } from './registration/registrar.ts'
import { AlreadyUsedError } from './replay-detection.ts'
import { type AtomicAdapter, comparedModels, hidden, type StoredState } from './stored-payload.ts'

export interface AdapterPorts {
  readonly artifacts: ArtifactStore
  readonly clients: ClientStore
  readonly clientMetadata: ClientMetadataOf
  readonly registrar: Registrar
  readonly metadataDocuments: MetadataDocuments
  readonly documentEvents: () => DocumentEvents
  readonly clock: Clock
  readonly refreshAnswers: RefreshAnswers
  /** How a code that a person types is stored: keyed, since it is short enough to be guessed from its hash. */
  readonly hashUserCode: (userCode: string) => string
  /** Seconds in which a refresh token of a public client can be used again; 0 to 10. */
  readonly refreshLeeway: number
}

/** Stands where an interaction's id stood, since the address to return to would give the id away. */
const idMarker = '{id}'

/** How many refreshes of a public client with one token succeed within the leeway. */
const maxRefreshesWithinLeeway = 10

/** What is left of an interaction that is finished. */
interface FinishedInteraction {
  /** The ID of the client. */
  readonly finishedFor: string
}

/** How many of a network are stored that belong to nobody and that nobody with credentials asked for. */
const maxPending: Readonly<Record<string, number>> = {
  Interaction: 30,
  PushedAuthorizationRequest: 40,
  DeviceCode: 30,
}

/** Bytes. */
const maxPendingBytes = 14 * 1024

/** Milliseconds. */
const finishedLifetime = 3_600_000

/** oidc-provider's storage over our stores: what a bearer holds is hashed, and nothing in a payload repeats it. */
export function createAdapterFactory(ports: AdapterPorts): (model: string) => Adapter {
  return (model) => (model === 'Client' ? clientAdapter(ports) : artifactAdapter(model, ports))
}

function artifactAdapter(model: string, ports: AdapterPorts): Adapter & AtomicAdapter {
  const { artifacts, clock, hashUserCode, refreshAnswers, refreshLeeway } = ports
  const keyOf = (id: string) => sha256(`${model}:${model === 'AccessToken' ? storedTokenId(id) : id}`)
  /** What was found by another name than its own is put back to its place; no bearer names it by that. */
  const locationOf = (id: string) => (id.startsWith(hidden) ? id.slice(hidden.length) : keyOf(id))
  const sealed = ({ id, payload, expiresIn }: StoredState, key = keyOf(id)) =>
    seal(model, {
      id,
      key,
      payload,
      expiresAt: expiresIn ? clock.now() + expiresIn * 1000 : null,
      userCodeHash: payload.userCode ? hashUserCode(payload.userCode) : null,
    })
  const isCompared = comparedModels.includes(model)
  const opened = (artifact: Artifact | undefined, id: string | undefined) => {
    const payload = open(artifact, id)
    if (payload && 'finishedFor' in payload) return undefined
    return artifact && payload && isCompared ? { ...payload, stored: artifact.payload } : payload
  }
  const leeway: Leeway | undefined =
    model === 'RefreshToken' && refreshLeeway > 0
      ? { milliseconds: refreshLeeway * 1000, uses: maxRefreshesWithinLeeway }
      : undefined
  const withinLeeway = (artifact: Artifact | undefined) =>
    leeway !== undefined && clock.now() - (artifact?.consumedAt ?? 0) < leeway.milliseconds
  /** Who comes second with a code or a refresh token ends what the first one got (RFC 6749 §4.1.2, RFC 9700 §4.14.2). */
  const endSiblings = async (id: string) => {
    const grantId = (await artifacts.find(keyOf(id)))?.grantId
    if (grantId) await destroyGrant(artifacts, grantId)
  }
  /** A device that comes too soon is told so (RFC 8628 §3.5), unless there is something for it to hear. */
  const assertPollInterval = async (artifact: Artifact | undefined) => {
    if (artifact === undefined || Provider.ctx?.oidc?.route !== 'token') return
    // Polls that cross are no theft: the library would end the tokens that the first of them is just being given.
    if (artifact.consumedAt !== null && clock.now() - artifact.consumedAt < devicePollInterval)
      throw alreadyConsumed(model)
    if (artifact.accountId !== null) return
    if (!(await artifacts.poll(artifact.key, clock.now(), devicePollInterval))) throw new errors.SlowDown()
  }
  const insertPending = (artifact: Artifact, req: IncomingMessage) => {
    const network = networkOf(requestContext(req).ipAddress ?? '')
    return artifacts.insertPending({ ...artifact, network }, maxPending[model] ?? 0, clock.now())
  }
  /** Anyone can send a public client's requests, so a network has only so many that are pending. */
  const storeForPublicClient = async (artifact: Artifact) => {
    const { ctx } = Provider
    if (!ctx || (await insertPending(artifact, ctx.req))) return
    ctx.set('Retry-After', '60')
    throw tooManyPending()
  }
  /** What nobody signed in for is stored only while its network has few of these and it is small; otherwise URLs carry it. */
  const startInteraction = async (id: string, artifact: Artifact) => {
    const req = Provider.ctx?.req
    if (artifact.accountId !== null || !req) return artifacts.upsert(artifact)
    const isStored = Buffer.byteLength(artifact.payload) <= maxPendingBytes && (await insertPending(artifact, req))
    if (!isStored) carryInteraction(id, artifact.payload)
  }
  const carried = (id: string): Artifact | undefined => {
    const payload = model === 'Interaction' ? carriedInteraction(id) : undefined
    return payload === undefined
      ? undefined
      : { ...seal(model, { id, key: keyOf(id), payload: {}, expiresAt: null, userCodeHash: null }), payload }
  }
  /** Stores the answer of a person, which counts once; any other answer is carried on. */
  const answerCarried = async (id: string, artifact: Artifact, before: string): Promise<boolean> => {
    if (carried(id)?.payload !== before) return false
    if (artifact.accountId === null) {
      carryInteraction(id, artifact.payload)
      return true
    }
    if (!(await artifacts.insert(artifact))) return false
    stopCarrying()
    return true
  }
  return {
    async upsert(id, payload, expiresIn) {
      const artifact = sealed({ id, payload, expiresIn })
      if (model === 'DeviceCode' && payload.accountId !== undefined) {
        if (!(await artifacts.decide({ ...artifact, key: locationOf(id) }))) throw alreadyDecided()
        return
      }
      if ((model === 'RefreshToken' || model === 'AccessToken') && storeAtEnd(artifact)) return
      if (model === 'Interaction') return startInteraction(id, artifact)
      if (isByPublicClient(model)) return storeForPublicClient(artifact)
      if (model !== 'ReplayDetection') return artifacts.upsert(artifact)
      if (!(await artifacts.insert(artifact))) throw new AlreadyUsedError()
    },
    async insert(state) {
      const artifact = sealed(state)
      await artifacts.upsert(artifact)
      return artifact.payload
    },
    async replace(from, state, before) {
      const artifact = sealed(state, locationOf(state.id))
      const isReplaced =
        (await artifacts.replace(locationOf(from), artifact, before)) || (await answerCarried(from, artifact, before))
      return isReplaced ? artifact.payload : undefined
    },
    async destroyByUid(uid) {
      return open(await artifacts.destroyByUid(model, uid), undefined)
    },
    async touch(id, { use, expiresIn }) {
      const found = await artifacts.find(keyOf(id))
      if (found === undefined) return false
      const expiresAt = clock.now() + expiresIn * 1000
      const payload = { ...JSON.parse(found.payload), use, exp: Math.floor(expiresAt / 1000) }
      return artifacts.refresh({ ...found, payload: JSON.stringify(payload), expiresAt }, found.payload)
    },
    async find(id) {
      const artifact = (await artifacts.find(keyOf(id))) ?? carried(id)
      if (model === 'DeviceCode') await assertPollInterval(artifact)
      const presented = artifact && model === 'RefreshToken' ? await refreshAnswers.present(artifact) : undefined
      const consumable = artifact && withinLeeway(artifact) ? { ...artifact, consumedAt: null } : artifact
      return withoutAudience(opened(presented ?? consumable, id))
    },
    async findByUid(uid) {
      return opened(await artifacts.findByUid(model, uid), undefined)
    },
    async findByUserCode(userCode) {
      const found = open(await artifacts.findByUserCode(model, hashUserCode(userCode)), undefined)
      return found && { ...found, userCode }
    },
    async consume(id) {
      if (model === 'RefreshToken' && consumeAtEnd()) return
      if (await artifacts.consume(keyOf(id), clock.now(), leeway)) return
      // One refresh too many within the leeway is no theft: the ones before it keep what they got.
      const crosses = model === 'DeviceCode' || withinLeeway(await artifacts.find(keyOf(id)))
      if (!crosses) await endSiblings(id)
      throw alreadyConsumed(model)
    },
    async destroy(id) {
      const key = keyOf(id)
      const found = model === 'Interaction' ? await artifacts.find(key) : undefined
      if (!found) return artifacts.destroy(key)
      // Another tab that comes back to it learns where to start again.
      const { params }: AdapterPayload = JSON.parse(found.payload)
      const finished: FinishedInteraction = { finishedFor: String(params?.client_id ?? '') }
      const expiresAt = clock.now() + finishedLifetime
      // One in which somebody signed in is not pending any more.
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
      if (model === 'RefreshToken') await artifacts.destroyByGrant(answerModel, grantId)
    },
  }
}

function clientAdapter(ports: AdapterPorts): Adapter {
  const { clients, clientMetadata, registrar, metadataDocuments, documentEvents } = ports
  const refuse = async (): Promise<never> => {
    throw new errors.InvalidRequest('clients are not changed by this protocol')
  }
  return {
    async find(id) {
      // A document is read for a request alone; what else asks for a client takes it as it is.
      if (Provider.ctx && isDocumentAddress(id)) {
        const client = await metadataDocuments.resolve(id, documentEvents()).catch(refuseDocument)
        return client && clientMetadata(client)
      }
      // No id holds a NUL, and PostgreSQL takes none in a text.
      const client = id.includes('\0') ? undefined : await clients.find(id)
      return client && clientMetadata(client)
    },
    upsert: (id, metadata) => registrar.store(id, { ...metadata, client_id: id }),
    destroy: (id) => registrar.remove(id),
    consume: refuse,
    findByUid: refuse,
    findByUserCode: refuse,
    revokeByGrantId: refuse,
  }
}

function refuseDocument(error: unknown): never {
  if (error instanceof InvalidInput) throw new errors.InvalidClient(error.message, { cause: error })
  throw error
}

interface Sealing {
  readonly id: string
  readonly key: string
  readonly payload: AdapterPayload
  readonly expiresAt: number | null
  readonly userCodeHash: string | null
}

function seal(model: string, { id, key, payload, expiresAt, userCodeHash }: Sealing): Artifact {
  const { jti: _jti, kind: _kind, consumed: _consumed, userCode: _userCode, ...rest } = payload
  // An answered interaction belongs to whoever signed in in it.
  const accountId = payload.result?.login?.accountId ?? payload.accountId ?? payload.session?.accountId ?? null
  return {
    key,
    model,
    payload: JSON.stringify(withoutBearers(id, rest)),
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

function withoutBearers(id: string, payload: AdapterPayload): AdapterPayload {
  const { returnTo, session, params, prompt, ...rest } = payload
  if (session) delete session.cookie
  return {
    ...rest,
    ...(params && { params: withoutHint(params) }),
    ...(prompt && { prompt: { ...prompt, details: withoutHint(prompt.details) } }),
    ...(session && { session }),
    ...(returnTo !== undefined && { returnTo: returnTo.replaceAll(id, idMarker) }),
  }
}

/** The library reads the hint before it starts an interaction; the token of a person with many groups is long. */
function withoutHint({ id_token_hint: _hint, ...rest }: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return rest
}

function open(artifact: Artifact | undefined, id: string | undefined): AdapterPayload | undefined {
  if (!artifact) return undefined
  const payload: AdapterPayload = JSON.parse(artifact.payload)
  if (payload.returnTo !== undefined && id !== undefined) payload.returnTo = payload.returnTo.replaceAll(idMarker, id)
  return {
    ...payload,
    // Found by another name than its own, an artifact can be read and put back, but not used.
    jti: id ?? `${hidden}${artifact.key}`,
    kind: artifact.model,
    ...(artifact.consumedAt !== null && { consumed: Math.floor(artifact.consumedAt / 1000) }),
  }
}

/** Whether this is what a client without credentials has just asked for. */
function isByPublicClient(model: string): boolean {
  const { oidc } = Provider.ctx ?? {}
  const route = model === 'DeviceCode' ? 'device_authorization' : 'pushed_authorization_request'
  return model in maxPending && oidc?.route === route && oidc.client?.clientAuthMethod === 'none'
}

function tooManyPending(): Error {
  const description = 'too many requests of this network are pending'
  return Object.assign(new errors.CustomOIDCProviderError('temporarily_unavailable', description), {
    status: 429,
    statusCode: 429,
  })
}

function alreadyConsumed(model: string): Error {
  return model === 'PushedAuthorizationRequest'
    ? new errors.InvalidRequestUri('the request_uri was used already')
    : new errors.InvalidGrant(`${model} already consumed`)
}

function alreadyDecided(): Error {
  return new Conflict('oidc_device_code_used', 'Somebody has decided about this code already.')
}
