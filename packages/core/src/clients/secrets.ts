import { InvalidInput } from '../errors.ts'
import { sha256, timingSafeEqualText } from '../hash.ts'
import { randomToken, uuid } from '../random.ts'
import type { Client, ClientSecret } from './client.ts'

/** A new secret: what the client gets to see once, and what is stored. */
export interface MintedSecret {
  readonly plain: string
  readonly stored: ClientSecret
}

/** A secret that somebody else has chosen, and when it ends. What is left out is drawn, or lasts for ever. */
export interface SecretInput {
  /** 16 printable ASCII characters or more. */
  readonly secret?: string | undefined
  /** Milliseconds since the Unix epoch; in the future. */
  readonly expiresAt?: number | undefined
}

/**
 * 256 random bits with a readable prefix, in unreserved characters alone: some clients forget to encode theirs.
 *
 * @throws {InvalidInput} `validation_failed` on `secret` or `expiresAt`
 */
export function mintSecret(now: number, { secret, expiresAt }: SecretInput = {}): MintedSecret {
  const fields = [
    ...(secret === undefined ? [] : secretProblems(secret)),
    ...(expiresAt === undefined || expiresAt > now
      ? []
      : [{ field: 'expiresAt', code: 'invalid_format', message: 'must be in the future' }]),
  ]
  if (fields.length > 0) throw new InvalidInput('validation_failed', 'The secret is not valid.', { fields })
  const plain = secret ?? `pk_${randomToken()}`
  // Of a chosen secret less is shown: nobody knows how much there is to guess.
  const prefix = plain.slice(0, secret === undefined ? 7 : 4)
  return { plain, stored: { id: uuid(), hash: sha256(plain), prefix, createdAt: now, expiresAt: expiresAt ?? null } }
}

function secretProblems(secret: string) {
  if (!/^[\x20-\x7e]*$/.test(secret))
    return [{ field: 'secret', code: 'invalid_format', message: 'must hold printable ASCII characters only' }]
  return secret.length < 16
    ? [{ field: 'secret', code: 'too_short', message: 'must be at least 16 characters long' }]
    : []
}

/** The client's secret that this is, if it is one now. */
export function findSecret(client: Pick<Client, 'secrets'>, plain: string, now: number): ClientSecret | undefined {
  const hash = sha256(plain)
  return client.secrets.find((secret) => isActive(secret, now) && timingSafeEqualText(secret.hash, hash))
}

/** The secret by which a client signs its assertions: the newest of those that are stored for it and have not ended. */
export function signingSecret({ secrets }: Pick<Client, 'secrets'>, now: number): ClientSecret | undefined {
  const candidates = secrets.filter((secret) => secret.sealed !== undefined && isActive(secret, now))
  return candidates.sort((left, right) => right.createdAt - left.createdAt)[0]
}

/** A secret of which only the hash is kept. */
export function hashedOnly({ sealed: _, ...secret }: ClientSecret): ClientSecret {
  return secret
}

function isActive({ expiresAt }: Pick<ClientSecret, 'expiresAt'>, now: number): boolean {
  return (expiresAt ?? Number.POSITIVE_INFINITY) > now
}
