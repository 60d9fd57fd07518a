import { calculateJwkThumbprint, decodeProtectedHeader } from 'jose'
import Provider, { errors, type KoaContextWithOIDC } from 'oidc-provider'
import type { CoreContext } from '../context.ts'
import { sha256 } from '../hash.ts'
import type { MasterKey } from '../master-key.ts'
import { createSealer, type Sealer } from '../sealing.ts'
import type { Artifact, Issue } from './artifact-store.ts'
import { grantKey, responseModel, revokeGrant } from './grant-destruction.ts'

/** How long a repeated refresh receives the same response, in milliseconds. */
const responseLifetime = 60_000

/** The encryption context of stored responses. */
const purpose = 'refresh answer'

export type GrantHandler<Context extends KoaContextWithOIDC> = (ctx: Context) => void | Promise<void>

/** Aborts the library's handler once all checks have passed and a stored response exists. */
class ResponseStoredError extends Error {}

interface TokenRequest {
  /** The refresh token as stored before the request, if the response to this refresh is stored. */
  presented?: Artifact
  consumed: boolean
  /** The other credential of the request, consumed with the storage of its tokens. */
  use?: SingleUse
  /** The scopes that an access token for the API receives; empty without an API. */
  permissions: readonly string[]
  /** The tokens of the response, stored together at the end of the request. */
  readonly tokens: Artifact[]
}

/** The use of a credential that may be used once. */
export interface SingleUse extends NonNullable<Issue['use']> {
  /** Rejects the request after a use that failed, outside the transaction of the use. */
  reject(): Promise<never>
}

const requests = new WeakMap<object, TokenRequest>()

function currentRequest(): TokenRequest | undefined {
  const { ctx } = Provider
  return ctx && requests.get(ctx)
}

/** Defers consuming the presented refresh token to the end of the request. Returns `false` if it must be consumed immediately. */
export function deferConsumption(): boolean {
  const request = currentRequest()
  if (!request?.presented) return false
  if (request.presented.consumedAt !== null) throw new ResponseStoredError()
  request.consumed = true
  return true
}

/** Defers the use of a code or refresh token to the end of the request. Returns `false` if it must be used immediately. */
export function deferUse(use: SingleUse): boolean {
  const request = currentRequest()
  if (!request) return false
  request.use = use
  return true
}

/** Notes the scopes that a new access token of this request receives at its API. */
export function recordPermissions(ctx: KoaContextWithOIDC, permissions: readonly string[]): void {
  const request = requests.get(ctx)
  if (request) request.permissions = permissions
}

/** Defers storing a token of a grant to the end of the request. Returns `false` if it must be stored immediately. */
export function deferStorage(artifact: Artifact): boolean {
  const request = currentRequest()
  if (!request || artifact.grantId === null) return false
  request.tokens.push(artifact)
  return true
}

export interface RefreshResponses {
  /** The refresh token to pass to the library, marked as unused while its response can be repeated. */
  present(artifact: Artifact): Promise<Artifact | undefined>
  wrap<Context extends KoaContextWithOIDC>(handler: GrantHandler<Context>): GrantHandler<Context>
}

/**
 * Consumes a code or refresh token and stores the tokens of the response at once under the lock of their grant, so that no token
 * outlives a grant that is revoked concurrently, and the first of two uses gets a response. Makes refreshes idempotent: the same write
 * stores the sealed response, and repeated requests receive it again (decision 10).
 */
export function createRefreshResponses({ stores, clock, masterKey }: CoreContext): RefreshResponses {
  const { artifacts } = stores
  /** The stored response, unless it has expired or the new refresh token was used. */
  const findResponse = async ({ key, consumedAt }: Artifact): Promise<StoredResponse | undefined> => {
    // A clock that was set back must not extend the lifetime; clocks of several machines differ by less than it.
    if (consumedAt === null || Math.abs(clock.now() - consumedAt) >= responseLifetime) return undefined
    const stored = await artifacts.find(responseKey(key))
    if (!stored) return undefined
    const { successor, sealed }: Pick<StoredResponse, 'successor' | 'sealed'> = JSON.parse(stored.payload)
    const isUnused = (await artifacts.find(successor))?.consumedAt === null
    return isUnused ? { successor, sealed, respondedAt: consumedAt } : undefined
  }

  /** Rejects tokens whose grant was revoked; a revocation that follows destroys the stored ones. */
  const issue = async ({ grantId }: Pick<Artifact, 'grantId'>, { use, artifacts: issued }: Omit<Issue, 'grantKey'>) => {
    const outcome =
      grantId === null ? 'revoked' : await artifacts.issue({ grantKey: grantKey(grantId), use, artifacts: issued })
    if (outcome === 'revoked') throw new errors.InvalidGrant('the grant was revoked')
    return outcome === 'issued'
  }

  const consume = ({ key, at, leeway }: SingleUse) => artifacts.consume(key, at, leeway)

  /** Resolves to `false` if the token is already consumed. */
  const storeResponse = async (
    ctx: KoaContextWithOIDC,
    presented: Artifact,
    { sealer, tokens }: { readonly sealer: Sealer; readonly tokens: readonly Artifact[] },
  ) => {
    const successor = tokens.find(({ model }) => model === 'RefreshToken')?.key
    const sealed = sealer.seal(JSON.stringify(ctx.body), purpose).toString('base64url')
    const now = clock.now()
    const response: Artifact = {
      ...presented,
      key: responseKey(presented.key),
      model: responseModel,
      payload: JSON.stringify({ successor, sealed }),
      expiresAt: now + responseLifetime,
    }
    return issue(presented, { use: { key: presented.key, at: now }, artifacts: [...tokens, response] })
  }

  const repeatResponse = async ({ key, grantId }: Artifact, sealer: Sealer) => {
    const presented = await artifacts.find(key)
    const response = presented && (await findResponse(presented))
    if (!response) {
      if (presented && grantId !== null) await revokeGrant(artifacts, grantId)
      throw new errors.InvalidGrant('RefreshToken already consumed')
    }
    const body = openResponse(sealer, response.sealed)
    if (!body) throw new errors.InvalidGrant('the refresh token was used by a different request')
    const elapsed = Math.max(0, Math.floor((clock.now() - response.respondedAt) / 1000))
    return { ...body, expires_in: Math.max(1, body.expires_in - elapsed) }
  }

  return {
    async present(artifact) {
      const request = currentRequest()
      const client = Provider.ctx?.oidc.client
      if (!request || !client) return undefined
      const { jkt, exp, ...rest } = JSON.parse(artifact.payload)
      if (client.clientAuthMethod === 'none' && jkt === undefined) return undefined
      request.presented = artifact
      if (artifact.consumedAt === null || !(await findResponse(artifact))) return artifact
      // Extend the expiry, so that a token that expires in between still receives its stored response.
      const end = Math.ceil((artifact.consumedAt + responseLifetime) / 1000)
      const payload = JSON.stringify({ ...rest, jkt, exp: Math.max(exp, end) })
      return { ...artifact, consumedAt: null, payload }
    },

    wrap: (handler) => async (ctx) => {
      const request: TokenRequest = { consumed: false, permissions: [], tokens: [] }
      requests.set(ctx, request)
      try {
        await handler(ctx)
      } catch (error) {
        // A request that is rejected after its checks, such as one for a denied device code, uses its credential too.
        if (!(error instanceof ResponseStoredError)) {
          if (request.use) await consume(request.use)
          throw error
        }
      } finally {
        requests.delete(ctx)
      }
      const { presented, consumed, permissions, tokens, use } = request
      const [first] = tokens
      // A refresh token that is not rotated is not consumed.
      if (!presented || (!consumed && presented.consumedAt === null)) {
        const isIssued = first ? await issue(first, { use, artifacts: tokens }) : !use || (await consume(use))
        if (!isIssued) await use?.reject()
        return
      }
      const sealer = await sealerOf(ctx, masterKey, permissions)
      if (consumed && (await storeResponse(ctx, presented, { sealer, tokens }))) return
      ctx.body = await repeatResponse(presented, sealer)
    },
  }
}

interface StoredResponse {
  readonly successor: string
  readonly sealed: string
  readonly respondedAt: number
}

function responseKey(refreshTokenKey: string): string {
  return sha256(`${responseModel}:${refreshTokenKey}`)
}

/**
 * The sealer of a response. Its key depends on the master key, the presented refresh token, the request parameters and the current
 * access to the API: a response from before a change of that access is not repeated.
 */
async function sealerOf(
  ctx: KoaContextWithOIDC,
  masterKey: MasterKey,
  permissions: readonly string[],
): Promise<Sealer> {
  const { refresh_token: token, scope, resource, authorization_details: details } = ctx.oidc.params ?? {}
  const proof = ctx.get('DPoP')
  const jwk = proof === '' ? undefined : decodeProtectedHeader(proof).jwk
  const request = [
    token,
    scope ? [...new Set(String(scope).split(' '))].sort() : null,
    resource ? [resource].flat().sort() : null,
    details ?? null,
    jwk ? await calculateJwkThumbprint(jwk) : null,
    permissions,
  ]
  return createSealer(Buffer.from(masterKey.mac(purpose, JSON.stringify(request)), 'base64url'))
}

function openResponse(sealer: Sealer, sealed: string): { readonly expires_in: number } | undefined {
  const body = sealer.open(Buffer.from(sealed, 'base64url'), purpose)
  return body && JSON.parse(body.toString())
}
