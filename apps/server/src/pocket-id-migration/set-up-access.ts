import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Clock, MasterKey } from '@pocket/core'
import { isJsonObject } from '@pocket/core/internal'
import type { Context } from 'koa'

const accessPurpose = 'set-up access'
const choicePurpose = 'set-up migration'
/** How long a browser has access, in milliseconds. */
export const setUpAccessLifetime = 3_600_000
const tokenBytes = 18

/** The path of the pages; the cookie is sent only there. */
export const pocketIdMigrationPath = '/login/setup/pocket-id'

/** A source that was checked, and the key that fits. */
export interface CheckedChoice {
  readonly file: string
  /** Identifies the content that was checked. */
  readonly version: string
  /** In base64. */
  readonly encryptionKey: string
}

interface SetUpAccessDeps {
  readonly setUpToken: SetUpToken
  readonly clock: Clock
  readonly secure: boolean
}

/** The token that the log shows. It gives access to one browser, and is in the memory of its process only. */
export class SetUpToken {
  readonly #onReplaced: (token: string) => void
  #current = createToken()

  /** @param onReplaced - receives the next token when one was used */
  constructor(onReplaced: (token: string) => void) {
    this.#onReplaced = onReplaced
  }

  get current(): string {
    return this.#current
  }

  /** Whether this is the current token, which another one replaces. */
  consume(token: string): boolean {
    if (!timingSafeEqual(sha256(token.trim()), sha256(this.#current))) return false
    this.#current = createToken()
    this.#onReplaced(this.#current)
    return true
  }
}

function createToken(): string {
  return randomBytes(tokenBytes).toString('base64url')
}

/** Proves that a browser has used a set-up token, and carries its choices without storing them. */
export class SetUpAccess {
  readonly #masterKey: MasterKey
  readonly #token: SetUpToken
  readonly #clock: Clock
  readonly #secure: boolean

  constructor(masterKey: MasterKey, { setUpToken, clock, secure }: SetUpAccessDeps) {
    this.#masterKey = masterKey
    this.#token = setUpToken
    this.#clock = clock
    this.#secure = secure
  }

  /** Returns `false` for a wrong token; otherwise sets the cookie. */
  grant(ctx: Context, token: string): boolean {
    if (!this.#token.consume(token)) return false
    ctx.cookies.set(this.#cookieName, this.#seal(accessPurpose, {}), {
      ...this.#cookieOptions,
      maxAge: setUpAccessLifetime,
    })
    return true
  }

  isGranted(ctx: Context): boolean {
    return this.#open(accessPurpose, ctx.cookies.get(this.#cookieName, { signed: false }) ?? '') !== undefined
  }

  sealChoice(choice: CheckedChoice): string {
    return this.#seal(choicePurpose, choice)
  }

  openChoice(sealed: string): CheckedChoice | undefined {
    const { file, version, encryptionKey } = this.#open(choicePurpose, sealed) ?? {}
    return typeof file === 'string' && typeof version === 'string' && typeof encryptionKey === 'string'
      ? { file, version, encryptionKey }
      : undefined
  }

  get #cookieName(): string {
    return this.#secure ? '__Secure-set-up' : 'set-up'
  }

  get #cookieOptions() {
    const path = pocketIdMigrationPath
    return { path, httpOnly: true, sameSite: 'strict', secure: this.#secure, overwrite: true, signed: false } as const
  }

  #seal(purpose: string, content: object): string {
    return this.#masterKey.encrypt(
      purpose,
      JSON.stringify({ ...content, expiresAt: this.#clock.now() + setUpAccessLifetime }),
    )
  }

  /** `undefined` if it was not sealed here for this purpose, or is older than an hour. */
  #open(purpose: string, sealed: string): Readonly<Record<string, unknown>> | undefined {
    try {
      const content: unknown = JSON.parse(this.#masterKey.decrypt(purpose, sealed))
      const remaining = isJsonObject(content) ? Number(content.expiresAt) - this.#clock.now() : 0
      return isJsonObject(content) && remaining > 0 && remaining <= setUpAccessLifetime ? content : undefined
    } catch {
      return undefined
    }
  }
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
