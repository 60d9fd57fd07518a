import type { Client, Clock, MasterKey, Pocket } from '@pocket/core'
import { parseCookie } from 'cookie'
import type { Context } from 'koa'
import type { NewSecret } from './page-model.ts'

const encryptionPurpose = 'new-client-secret'
/** Milliseconds. */
const lifetime = 600_000

interface SealedSecret extends NewSecret {
  readonly sessionUid: string
  readonly expiresAt: number
}

export interface NewSecretsDeps {
  readonly masterKey: MasterKey
  readonly pocket: Pick<Pocket, 'session'>
  readonly clock: Clock
  readonly secure: boolean
}

/**
 * The plaintext of new secrets, until the administrator has stored them. Each is an encrypted cookie of the client's pages that
 * only the session which created the secret can read, so nothing is stored on the server and the sign-out ends it.
 */
export function createNewSecrets({ masterKey, pocket, clock, secure }: NewSecretsDeps) {
  const cookieName = (secretId: string) => `${secure ? '__Secure-' : ''}new-secret-${secretId}`
  const options = (path: string) =>
    ({ path, httpOnly: true, sameSite: 'strict', secure, overwrite: true, signed: false }) as const

  const open = (value: string): SealedSecret | undefined => {
    try {
      return JSON.parse(masterKey.decrypt(encryptionPurpose, value))
    } catch {
      // An invalid cookie is ignored; the page works without it.
      return undefined
    }
  }

  return {
    /** Keeps a secret for the client's pages at `path`. */
    async keep(ctx: Context, path: string, secret: NewSecret): Promise<void> {
      const session = await pocket.session(ctx.req, ctx.res)
      if (!session) return
      const sealed: SealedSecret = { ...secret, sessionUid: session.uid, expiresAt: clock.now() + lifetime }
      const value = masterKey.encrypt(encryptionPurpose, JSON.stringify(sealed))
      ctx.cookies.set(cookieName(secret.id), value, { ...options(path), maxAge: lifetime })
    },

    /** The secrets of this client that are kept for the session of the request, in the order of the client's secrets. */
    async list(ctx: Context, { secrets }: Pick<Client, 'secrets'>): Promise<readonly NewSecret[]> {
      // `ctx.cookies` would keep a regular expression for each name.
      const cookies = parseCookie(ctx.get('cookie'))
      const kept = secrets.flatMap(({ id: secretId }) => cookies[cookieName(secretId)] ?? [])
      if (kept.length === 0) return []
      const session = await pocket.session(ctx.req, ctx.res)
      return kept
        .map(open)
        .filter((sealed) => sealed !== undefined)
        .filter(({ sessionUid, expiresAt }) => sessionUid === session?.uid && expiresAt > clock.now())
        .map(({ id: secretId, value }) => ({ id: secretId, value }))
    },

    forget(ctx: Context, path: string, secretId: string): void {
      ctx.cookies.set(cookieName(secretId), null, options(path))
    },
  }
}

export type NewSecrets = ReturnType<typeof createNewSecrets>
