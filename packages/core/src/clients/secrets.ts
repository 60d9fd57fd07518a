import { compare } from 'bcryptjs'
import { type FieldError, InvalidInputError } from '../errors.ts'
import { sha256, timingSafeEqualText } from '../hash.ts'
import { createShapeCheck } from '../input-shape.ts'
import { encryptionPurposes, type MasterKey } from '../master-key.ts'
import { nameProblem } from '../names.ts'
import { randomToken, uuid } from '../random.ts'
import type { Client, ClientSecret, ServiceTokenLimits } from './client.ts'
import { isRulePath } from './protected-site.ts'

const sealedSecret = encryptionPurposes.clientSecret

/** Encrypts a secret that must be readable later. */
export function sealSecret(masterKey: MasterKey, plain: string): string {
  return masterKey.encrypt(sealedSecret, plain)
}

export function openSecret(masterKey: MasterKey, sealed: string): string {
  return masterKey.decrypt(sealedSecret, sealed)
}

/** A new secret: the plain text, which is returned once, and the stored form. */
export interface NewClientSecret {
  readonly plain: string
  readonly stored: ClientSecret
}

/** An optional secret chosen by the caller and its expiry. By default the secret is random and does not expire. */
export interface SecretInput {
  /** At least 16 printable ASCII characters. */
  readonly secret?: string | undefined
  /** Milliseconds since the Unix epoch; must be in the future. */
  readonly expiresAt?: number | undefined
  /** Creates a service token instead of a client secret. */
  readonly serviceToken?: ServiceTokenLimits | undefined
}

/** By which proxies recognize and remove service tokens. */
export const serviceTokenPrefix = 'pst_'

/**
 * A 256-bit random secret with a readable prefix. It contains only unreserved characters, because some clients do not
 * URL-encode it.
 *
 * @throws {InvalidInputError} `validation_failed` on `secret` or `expiresAt`
 */
export function mintSecret(now: number, { secret, expiresAt, serviceToken }: SecretInput = {}): NewClientSecret {
  const fields: FieldError[] = [
    ...(secret === undefined ? [] : secretProblems(secret)),
    ...(serviceToken && secret !== undefined && !secret.startsWith(serviceTokenPrefix)
      ? [{ field: 'secret', code: 'invalid_format', message: `must start with ${serviceTokenPrefix}` }]
      : []),
    ...(expiresAt === undefined || expiresAt > now
      ? []
      : [{ field: 'expiresAt', code: 'invalid_format', message: 'must be in the future' }]),
  ]
  if (serviceToken) fields.push(...serviceTokenProblems(serviceToken))
  if (fields.length > 0) throw new InvalidInputError('validation_failed', 'The secret is not valid.', { fields })
  const plain = secret ?? `${serviceToken ? serviceTokenPrefix : 'pk_'}${randomToken()}`
  // The stored prefix of a chosen secret is shorter, because its entropy is unknown.
  const prefix = plain.slice(0, secret === undefined ? 7 : 4)
  const stored = { id: uuid(), hash: sha256(plain), prefix, createdAt: now, expiresAt: expiresAt ?? null }
  return { plain, stored: serviceToken ? { ...stored, serviceToken } : stored }
}

const limitsShapeProblems = createShapeCheck('a service token', ['name', 'paths', 'methods'], {
  name: { type: 'string' },
  paths: { type: 'array', items: { type: 'string' } },
  methods: { type: 'array', items: { type: 'string' } },
})

function serviceTokenProblems(limits: ServiceTokenLimits) {
  const mistyped = limitsShapeProblems(limits)
  if (mistyped.length > 0) return mistyped
  const { name, paths, methods } = limits
  const nameError = nameProblem(name, 50)
  return [
    ...(nameError ? [{ field: 'name', ...nameError }] : []),
    ...paths.flatMap((path, index) =>
      isRulePath(path)
        ? []
        : [{ field: `paths[${index}]`, code: 'invalid_format', message: 'must be a path such as /api or /api/*' }],
    ),
    ...(methods.every((method) => /^[A-Z]{1,32}$/.test(method))
      ? []
      : [{ field: 'methods', code: 'invalid_format', message: 'must be HTTP methods in upper case' }]),
  ]
}

function secretProblems(secret: string) {
  if (!/^[\x20-\x7e]*$/.test(secret))
    return [{ field: 'secret', code: 'invalid_format', message: 'must contain only printable ASCII characters' }]
  return secret.length < 16
    ? [{ field: 'secret', code: 'too_short', message: 'must be at least 16 characters long' }]
    : []
}

/** Finds the active client secret with this plain text. */
export async function findSecret(
  client: Pick<Client, 'secrets'>,
  plain: string,
  now: number,
): Promise<ClientSecret | undefined> {
  const hash = sha256(plain)
  const active = client.secrets.filter((secret) => secret.serviceToken === undefined && isActive(secret, now))
  const found = active.find((secret) => secret.algorithm === undefined && timingSafeEqualText(secret.hash, hash))
  if (found) return found
  // Last, since bcrypt is slow on purpose.
  for (const secret of active) if (secret.algorithm === 'bcrypt' && (await compare(plain, secret.hash))) return secret
  return undefined
}

export function findServiceToken(
  client: Pick<Client, 'secrets'>,
  plain: string,
  now: number,
): ClientSecret | undefined {
  const hash = sha256(plain)
  return client.secrets.find(
    (secret) => secret.serviceToken !== undefined && isActive(secret, now) && timingSafeEqualText(secret.hash, hash),
  )
}

/** The secret with our hash instead of another algorithm's. */
export function rehashSecret({ algorithm: _, ...secret }: ClientSecret, plain: string): ClientSecret {
  return { ...secret, hash: sha256(plain) }
}

/** The key of client assertions: the newest stored secret that has not expired. */
export function signingSecret({ secrets }: Pick<Client, 'secrets'>, now: number): ClientSecret | undefined {
  const candidates = secrets.filter(
    (secret) => secret.sealed !== undefined && secret.serviceToken === undefined && isActive(secret, now),
  )
  return candidates.sort((left, right) => right.createdAt - left.createdAt)[0]
}

/** A secret without its encrypted plain text. */
export function omitSealed({ sealed: _, ...secret }: ClientSecret): ClientSecret {
  return secret
}

function isActive({ expiresAt }: Pick<ClientSecret, 'expiresAt'>, now: number): boolean {
  return (expiresAt ?? Number.POSITIVE_INFINITY) > now
}
