import { createHmac } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { compactVerify, importJWK, type JWK } from 'jose'
import { sha256, timingSafeEqualText } from '../hash.ts'
import { encryptionPurposes, type MasterKey } from '../master-key.ts'
import { uuid } from '../random.ts'
import type { Artifact } from './artifact-store.ts'
import { grantKey } from './grant-destruction.ts'

// Tokens of Pocket ID. It stores their signatures only, so they are found by their signature, and proved with a key that is stored
// with them and that disappears with the last one.

const keyPurpose = encryptionPurposes.importedToken
const refreshToken = /^pocket_id_rt_([\w-]+)\.([\w-]+)$/
const jwt = /^[\w-]+\.[\w-]+\.([\w-]+)$/

interface ImportedProof {
  /** The HMAC key of refresh tokens, in base64url, encrypted. */
  readonly importedKey?: string
  readonly importedJwk?: JWK
}

/** Seconds since the Unix epoch. */
type Seconds = number

/** An authorization of another provider. */
export interface ImportedGrant {
  readonly id: string
  readonly accountId: string
  readonly clientId: string
  readonly scope: string
  /** The APIs of the authorization (RFC 8707). */
  readonly resources: readonly string[]
  readonly issuedAt: Seconds
  readonly expiresAt: Seconds
}

/** A token of another provider. */
export interface ImportedToken {
  /** The part after the last dot. */
  readonly signature: string
  readonly grant: ImportedGrant
  readonly issuedAt: Seconds
  readonly expiresAt: Seconds
  readonly authTime: Seconds
  readonly amr: readonly string[]
  /** Milliseconds since the Unix epoch; `null` if it was not used. */
  readonly consumedAt: number | null
}

/** Creates the stored forms of grants and tokens of another provider. They belong to no session. */
export interface TokenImport {
  grant(grant: ImportedGrant): Artifact
  refreshToken(token: ImportedToken): Artifact
  accessToken(token: ImportedToken): Artifact
}

export interface TokenImportKeys {
  readonly tokenKey: Buffer
  /** The key that signed access tokens; its private part is not kept. */
  readonly signingJwk: Readonly<Record<string, unknown>> | undefined
}

/** Creates the import of tokens. */
export function createTokenImport(masterKey: MasterKey, { tokenKey, signingJwk = {} }: TokenImportKeys): TokenImport {
  const importedKey = masterKey.encrypt(keyPurpose, tokenKey.toString('base64url'))
  const { kty, alg, n, e, crv, x, y } = signingJwk
  const importedJwk = { kty, alg, n, e, crv, x, y }
  const create = (model: string, key: string, { accountId, clientId, id }: ImportedGrant, payload: object) => ({
    key,
    model,
    payload: JSON.stringify(payload),
    grantId: model === 'Grant' ? null : id,
    accountId,
    clientId,
    uid: null,
    userCodeHash: null,
    timesConsumed: null,
    polledAt: null,
    network: null,
  })
  const createToken = (model: 'RefreshToken' | 'AccessToken', token: ImportedToken, proof: object): Artifact => {
    const { signature, grant, issuedAt: iat, expiresAt: exp, consumedAt } = token
    const { accountId, clientId, scope, id: grantId } = grant
    const payload = { iat, exp, accountId, clientId, scope, grantId, gty: 'authorization_code', ...proof }
    const artifact = create(model, importedKeyOf(model, signature), grant, payload)
    return { ...artifact, expiresAt: exp * 1000, consumedAt }
  }
  return {
    grant(grant) {
      const { id, accountId, clientId, scope, resources, issuedAt: iat, expiresAt: exp } = grant
      const payload = {
        iat,
        exp,
        accountId,
        clientId,
        openid: { scope },
        ...(resources.length > 0 && { resources: Object.fromEntries(resources.map((resource) => [resource, scope])) }),
      }
      return { ...create('Grant', grantKey(id), grant, payload), expiresAt: exp * 1000, consumedAt: null }
    },
    refreshToken(token) {
      const { authTime, amr, issuedAt: iiat, grant } = token
      const [resource] = grant.resources
      return createToken('RefreshToken', token, { authTime, amr, iiat, ...(resource && { resource }), importedKey })
    },
    accessToken(token) {
      const [aud] = token.grant.resources
      return createToken('AccessToken', token, { ...(aud && { aud }), importedJwk })
    },
  }
}

/** A new grant ID. */
export function createGrantId(): string {
  return uuid()
}

/** The storage key of a token, if it has the form of an imported one. */
export function importedTokenKey(model: string, token: string): string | undefined {
  const signature = model === 'RefreshToken' ? refreshToken.exec(token)?.[2] : jwt.exec(token)?.[1]
  return signature === undefined || (model !== 'RefreshToken' && model !== 'AccessToken')
    ? undefined
    : importedKeyOf(model, signature)
}

/** Whether the other provider issued this token: its stored signature alone proves nothing. */
export async function isAuthenticToken(token: string, { payload }: Artifact, masterKey: MasterKey): Promise<boolean> {
  const { importedKey, importedJwk }: ImportedProof = JSON.parse(payload)
  const [, value = '', signature = ''] = refreshToken.exec(token) ?? []
  if (importedKey !== undefined) {
    const key = Buffer.from(masterKey.decrypt(keyPurpose, importedKey), 'base64url')
    const expected = createHmac('sha512-256', key).update(Buffer.from(value, 'base64url')).digest('base64url')
    return timingSafeEqualText(signature, expected)
  }
  if (importedJwk?.alg === undefined) return false
  const publicKey = await importJWK(importedJwk)
  return compactVerify(token, publicKey, { algorithms: [importedJwk.alg] }).then(
    () => true,
    () => false,
  )
}

const presentedTokens = new WeakMap<IncomingMessage, string>()

/** Notes the token of a request in which another value replaces it. */
export function rememberPresentedToken(req: IncomingMessage, token: string): void {
  presentedTokens.set(req, token)
}

/** The token that the request presented, if another value replaced it. */
export function presentedToken(req: IncomingMessage | undefined): string | undefined {
  return req && presentedTokens.get(req)
}

function importedKeyOf(model: string, signature: string): string {
  return sha256(`${model}:imported:${signature}`)
}
