import type { MasterKey } from '@pocket/core'
import type { Context } from 'koa'

const encryptionPurpose = 'flash'
/** Milliseconds. */
const lifetime = 120_000
/** Browsers reject a cookie of more than 4096 bytes, including its name and attributes. */
const byteLimit = 3500

/**
 * Stored in an encrypted cookie for one page: secrets shown once are not stored on the server, and a link cannot inject content.
 */
export function createFlashes(masterKey: MasterKey, secure: boolean) {
  const name = secure ? '__Secure-flash' : 'flash'
  const options = (path: string) =>
    ({ path, httpOnly: true, sameSite: 'strict', secure, overwrite: true, signed: false }) as const
  return {
    /** Stores content for the page at `path`. Returns `false` if it is too large. */
    set(ctx: Context, path: string, content: object): boolean {
      const value = masterKey.encrypt(encryptionPurpose, JSON.stringify({ ...content, path }))
      if (value.length > byteLimit) return false
      ctx.cookies.set(name, value, { ...options(path), maxAge: lifetime })
      return true
    },

    /** Returns and deletes the content for the page at `path`. */
    consume(ctx: Context, path: string): Readonly<Record<string, unknown>> {
      const value = ctx.cookies.get(name, { signed: false })
      if (value === undefined) return {}
      ctx.cookies.set(name, null, options(path))
      const content = decryptContent(masterKey, value)
      return content.path === path ? content : {}
    },
  }
}

/** Content that a page shows once, after the redirect that follows a POST. */
export type Flashes = ReturnType<typeof createFlashes>

/** The outcome of a form, and the name of the changed object. */
export interface Notice<Done extends string> {
  readonly done: Done
  readonly name: string
}

/** The notice in the content of a page; without a name, it concerns the subject of the page. */
export function noticeOf<Done extends string>(
  known: readonly Done[],
  { done, name }: Readonly<Record<string, unknown>>,
  subject = '',
): Notice<Done> | null {
  const found = known.find((each) => each === done)
  return found === undefined ? null : { done: found, name: typeof name === 'string' ? name : subject }
}

function decryptContent(masterKey: MasterKey, value: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(masterKey.decrypt(encryptionPurpose, value))
  } catch {
    // An invalid cookie is ignored; the page works without it.
    return {}
  }
}
