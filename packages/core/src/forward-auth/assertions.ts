import type { Claims } from '../accounts/claims.ts'
import type { Client } from '../clients/client.ts'
import type { Clock } from '../clock.ts'
import type { SignJwt } from '../oidc/jwt-access-tokens.ts'
import type { SigningKey } from '../oidc/key-generation.ts'
import type { SiteSession } from '../oidc/site-sessions.ts'
import { uuid } from '../random.ts'

/** Seconds. */
const lifetime = 120
const maxEntries = 10_000

/** Creates the value of `X-Pocket-Assertion`: a JWT for the site about the user, reused during half of its lifetime. */
export type Assert = (site: Client, session: SiteSession, claims: Claims) => Promise<string>

export function createAssertions(
  issuer: string,
  clock: Clock,
  { sign, currentKeys }: { readonly sign: SignJwt; readonly currentKeys: () => Promise<readonly SigningKey[]> },
): Assert {
  const cache = new Map<
    string,
    {
      readonly jwt: Promise<string>
      readonly issuedAt: number
      readonly content: string
      readonly keys: readonly SigningKey[]
    }
  >()
  return async (site, { key, acr, amr, authTime }, claims) => {
    const keys = await currentKeys()
    const now = Math.floor(clock.now() / 1000)
    const { sub, name, email, groups, preferred_username } = claims
    const about = { sub, preferred_username, name, email, groups, auth_time: authTime, acr, amr }
    const alg = site.protocol.idTokenSignedResponseAlg
    const content = JSON.stringify([site.id, alg, about])
    const cached = cache.get(key)
    if (cached?.content === content && cached.keys === keys && Math.abs(now - cached.issuedAt) < lifetime / 2)
      return cached.jwt
    const jwt = sign(
      { ...about, iss: issuer, aud: site.id, iat: now, exp: now + lifetime, jti: uuid() },
      { alg, typ: 'pocket-assertion+jwt' },
    )
    if (cache.size >= maxEntries) cache.clear()
    cache.set(key, { jwt, issuedAt: now, content, keys })
    jwt.catch(() => cache.delete(key))
    return jwt
  }
}
