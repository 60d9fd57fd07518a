import type { Clock } from '../clock.ts'
import { type FieldError, InvalidInputError } from '../errors.ts'
import { sha256 } from '../hash.ts'
import { randomToken, uuid } from '../random.ts'
import type { InitialAccessToken, InitialAccessTokenStore } from './initial-access-token-store.ts'

/** The input for creating an initial access token. */
export interface NewInitialAccessToken {
  /** At most 150 characters (none). */
  readonly description?: string | undefined
  /** Milliseconds; at most one year. */
  readonly lifetime: number
  /** Maximum number of registrations: 1 to 1,000,000. */
  readonly usageLimit: number
}

/** Initial access tokens for dynamic client registration (RFC 7591 §3). */
export interface InitialAccessTokens {
  /**
   * Creates a token; its plain text is returned only once.
   *
   * @throws {InvalidInputError} `validation_failed` on `description`, `lifetime` or `usageLimit`
   */
  issue(input: NewInitialAccessToken): Promise<{ readonly token: string; readonly stored: InitialAccessToken }>
  /** Tokens that have not expired, newest first. */
  list(): Promise<readonly InitialAccessToken[]>
  /** Returns `false` if the token does not exist. */
  remove(id: string): Promise<boolean>
  /** Finds a usable token by its plain text, without counting a use. */
  find(token: string): Promise<InitialAccessToken | undefined>
  /** Counts a use; returns `false` if the token can no longer be used. */
  use(token: InitialAccessToken): Promise<boolean>
}

const day = 86_400_000
const maxLifetime = 366 * day
const maxUses = 1_000_000

export function createInitialAccessTokens(store: InitialAccessTokenStore, clock: Clock): InitialAccessTokens {
  return {
    async issue({ description = '', lifetime, usageLimit }) {
      const normalizedDescription = description.normalize('NFC').trim()
      assertNoErrors([
        ...(/[\p{Cc}\p{Cs}]/u.test(normalizedDescription) || [...normalizedDescription].length > 150
          ? [fieldError('description', 'must be at most 150 characters of plain text')]
          : []),
        ...(isWithin(lifetime, maxLifetime) ? [] : [fieldError('lifetime', 'must be positive and at most one year')]),
        ...(isWithin(usageLimit, maxUses) ? [] : [fieldError('usageLimit', `must be from 1 to ${maxUses}`)]),
      ])
      const token = `iat_${randomToken()}`
      const createdAt = clock.now()
      const stored: InitialAccessToken = {
        id: uuid(),
        tokenHash: sha256(token),
        description: normalizedDescription,
        usageLimit,
        usageCount: 0,
        expiresAt: createdAt + lifetime,
        createdAt,
      }
      await store.insert(stored)
      return { token, stored }
    },
    list: () => store.list(clock.now()),
    remove: (id) => store.remove(id),
    async find(token) {
      const found = await store.findByHash(sha256(token))
      return found && found.expiresAt > clock.now() && found.usageCount < found.usageLimit ? found : undefined
    },
    use: ({ tokenHash }) => store.use(tokenHash, clock.now()),
  }
}

function isWithin(value: number, max: number): boolean {
  return Number.isSafeInteger(value) && value >= 1 && value <= max
}

function fieldError(field: string, message: string): FieldError {
  return { field, code: 'invalid_format', message }
}

function assertNoErrors(fields: readonly FieldError[]): void {
  const reasons = fields.map(({ field, message }) => `${field} ${message}`).join('. ')
  if (reasons) throw new InvalidInputError('validation_failed', `The token is not valid. ${reasons}.`, { fields })
}
