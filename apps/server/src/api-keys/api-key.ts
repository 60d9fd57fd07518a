import { createHash, randomBytes } from 'node:crypto'
import { type Area, areas } from '../http/api/operation.ts'

/** What a key may do in one area of the API. Neither includes the other. */
export type ApiKeyScope = `${'read' | 'write'}:${Area}`

export const apiKeyScopes: readonly ApiKeyScope[] = areas.flatMap((area) => [`read:${area}`, `write:${area}`] as const)

/** A key that a program sends in a person's stead. Instants in milliseconds since the Unix epoch. */
export interface ApiKey {
  /** A UUID. */
  readonly id: string
  readonly ownerId: string
  readonly name: string
  readonly description: string | null
  /** SHA-256 of the token. */
  readonly tokenHash: string
  /** `null`: everything that its owner may. */
  readonly scopes: readonly ApiKeyScope[] | null
  readonly expiresAt: number
  /** Exact to a minute. */
  readonly lastUsedAt: number | null
  /** Whether its owner was told by e-mail that it ends soon. */
  readonly expirationEmailSent: boolean
  readonly createdAt: number
}

/** A key and its token in clear, which nobody gets to see again. */
export interface MintedApiKey {
  readonly apiKey: ApiKey
  readonly token: string
}

/** 256 random bits with a readable prefix, in unreserved characters alone, so that it fits in any header or address. */
export function mintToken(): string {
  return `pak_${randomBytes(32).toString('base64url')}`
}

/** How a token is stored; it holds enough randomness to need no salt. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('base64url')
}
