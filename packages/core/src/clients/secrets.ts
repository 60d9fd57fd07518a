import { sameText, sha256 } from '../hash.ts'
import { randomToken, uuid } from '../random.ts'
import type { Client, ClientSecret } from './client.ts'

/** A new secret: what the client gets to see once, and what is stored. */
export interface MintedSecret {
  readonly plain: string
  readonly stored: ClientSecret
}

/** 256 random bits with a readable prefix, in unreserved characters alone: some clients forget to encode theirs. */
export function mintSecret(now: number): MintedSecret {
  const plain = `pk_${randomToken()}`
  return {
    plain,
    stored: { id: uuid(), hash: sha256(plain), prefix: plain.slice(0, 7), createdAt: now, expiresAt: null },
  }
}

/** Whether the client holds this secret now. */
export function holdsSecret(client: Pick<Client, 'secrets'>, plain: string, now: number): boolean {
  const hash = sha256(plain)
  return client.secrets.some(
    (secret) => (secret.expiresAt ?? Number.POSITIVE_INFINITY) > now && sameText(secret.hash, hash),
  )
}
