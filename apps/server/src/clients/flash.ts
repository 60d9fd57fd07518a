import type { MasterKey } from '@pocket/core'
import type { Context } from 'koa'

/** What a page shows once, after the redirect that follows a post. */
export interface ClientFlash {
  readonly newSecret: { readonly id: string; readonly value: string } | null
  readonly corrections: readonly { readonly given: string; readonly corrected: string }[]
  readonly notice: 'created' | 'saved' | 'secret_added' | 'secret_removed' | null
}

const name = 'client_flash'
const use = 'client flash'
const lifetime = 120_000
const nothing: ClientFlash = { newSecret: null, corrections: [], notice: null }

/** Carried by the browser itself, encrypted and for one page, so that a secret that is shown once is stored nowhere. */
export function createClientFlash(masterKey: MasterKey, secure: boolean) {
  const options = (path: string) =>
    ({ path, httpOnly: true, sameSite: 'strict', secure, overwrite: true, signed: false }) as const
  return {
    set(ctx: Context, path: string, flash: Partial<ClientFlash>): void {
      const value = masterKey.encrypt(use, JSON.stringify({ ...flash, path }))
      ctx.cookies.set(name, value, { ...options(path), maxAge: lifetime })
    },

    /** What was left for the page at this path; it is gone afterwards. */
    take(ctx: Context, path: string): ClientFlash {
      const value = ctx.cookies.get(name, { signed: false })
      if (value === undefined) return nothing
      ctx.cookies.set(name, null, options(path))
      const flash = decrypted(masterKey, value)
      return flash?.path === path ? { ...nothing, ...flash } : nothing
    },
  }
}

export type ClientFlashes = ReturnType<typeof createClientFlash>

function decrypted(masterKey: MasterKey, value: string): (Partial<ClientFlash> & { path: string }) | undefined {
  try {
    return JSON.parse(masterKey.decrypt(use, value))
  } catch {
    // A cookie that we did not make says nothing; the page is complete without it.
    return undefined
  }
}
