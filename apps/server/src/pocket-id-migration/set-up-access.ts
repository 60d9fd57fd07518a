import { createHash, timingSafeEqual } from 'node:crypto'
import type { Clock, MasterKey } from '@pocket/core'
import { isJsonObject } from '@pocket/core/internal'
import type { Context } from 'koa'

const tokenUse = 'set-up token'
const accessUse = 'set-up access'
const choiceUse = 'set-up migration'
/** Milliseconds. */
const lifetime = 3_600_000
/** Characters: 144 bits. */
const tokenLength = 24

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

/** Derived from the master key: the same in all processes and after a restart, and stored nowhere. */
export function setUpTokenOf(masterKey: MasterKey): string {
  return masterKey.mac(tokenUse, '').slice(0, tokenLength)
}

/** Proves that a browser knows the set-up token, and carries its choices without storing them. */
export class SetUpAccess {
  readonly #masterKey: MasterKey
  readonly #clock: Clock
  readonly #secure: boolean

  constructor(masterKey: MasterKey, { clock, secure }: { readonly clock: Clock; readonly secure: boolean }) {
    this.#masterKey = masterKey
    this.#clock = clock
    this.#secure = secure
  }

  /** Returns `false` for a wrong token; otherwise sets the cookie. */
  grant(ctx: Context, token: string): boolean {
    if (!timingSafeEqual(sha256(token.trim()), sha256(setUpTokenOf(this.#masterKey)))) return false
    ctx.cookies.set(this.#cookieName, this.#seal(accessUse, {}), { ...this.#cookieOptions, maxAge: lifetime })
    return true
  }

  isGranted(ctx: Context): boolean {
    return this.#open(accessUse, ctx.cookies.get(this.#cookieName, { signed: false }) ?? '') !== undefined
  }

  sealChoice(choice: CheckedChoice): string {
    return this.#seal(choiceUse, choice)
  }

  openChoice(sealed: string): CheckedChoice | undefined {
    const { file, version, encryptionKey } = this.#open(choiceUse, sealed) ?? {}
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

  #seal(use: string, content: object): string {
    return this.#masterKey.encrypt(use, JSON.stringify({ ...content, expiresAt: this.#clock.now() + lifetime }))
  }

  /** `undefined` if it was not sealed here for this use, or is older than an hour. */
  #open(use: string, sealed: string): Readonly<Record<string, unknown>> | undefined {
    try {
      const content: unknown = JSON.parse(this.#masterKey.decrypt(use, sealed))
      const remaining = isJsonObject(content) ? Number(content.expiresAt) - this.#clock.now() : 0
      return isJsonObject(content) && remaining > 0 && remaining <= lifetime ? content : undefined
    } catch {
      return undefined
    }
  }
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
