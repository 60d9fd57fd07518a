import { createHash, randomBytes } from 'node:crypto'
import type { ApiKeyScope } from '../access/api-key-scope.ts'

/** A key that lets a program act as its owner. Instants in milliseconds since the Unix epoch. */
export interface ApiKey {
  readonly id: string
  readonly ownerId: string
  readonly name: string
  readonly description: string | null
  /** SHA-256 of the token. */
  readonly tokenHash: string
  /** `null`: full access to everything its owner may do. */
  readonly scopes: readonly ApiKeyScope[] | null
  /** Whether responses contain secrets instead of a mask. */
  readonly canReadSecrets: boolean
  readonly expiresAt: number
  /** With a precision of one minute. */
  readonly lastUsedAt: number | null
  /** Whether its owner was notified by e-mail that it expires soon. */
  readonly expirationEmailSent: boolean
  readonly createdAt: number
}

/** An API key and its plaintext token, which is never shown again. */
export interface MintedApiKey {
  readonly apiKey: ApiKey
  readonly token: string
}

/** 256 random bits with a readable prefix, in unreserved characters only, so that it fits in any header or URL. */
export function mintToken(): string {
  return `pak_${randomBytes(32).toString('base64url')}`
}

/** The hash under which a token is stored; its entropy makes a salt unnecessary. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('base64url')
}
