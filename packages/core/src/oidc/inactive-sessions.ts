import type Provider from 'oidc-provider'
import type { KoaContextWithOIDC } from 'oidc-provider'
import type { ProviderSession } from './logout.ts'

type Cookies = KoaContextWithOIDC['cookies']

/** Maximum number of inactive sessions per browser. */
const maxInactive = 5

/** The cookie of the inactive sessions. It contains only their IDs, because the ID of the active session changes too often. */
export function inactiveSessionsCookie(provider: Provider): string {
  return `${provider.cookieName('session')}_others`
}

export function formatInactiveSessions(sessions: readonly ProviderSession[]): string | null {
  const ids = sessions.slice(-maxInactive).map(({ jti }) => jti)
  return ids.length > 0 ? ids.join('.') : null
}

/** The sessions that the browser can switch to. */
export async function findInactiveSessions(
  provider: Provider,
  cookies: Pick<Cookies, 'get'>,
): Promise<readonly ProviderSession[]> {
  const value = cookies.get(inactiveSessionsCookie(provider), { signed: true }) ?? ''
  const ids = value.split('.').filter((id) => /^[\w-]{20,80}$/.test(id))
  const found = await Promise.all(ids.slice(-maxInactive).map((id) => provider.Session.find(id)))
  return found.flatMap((candidate) => (candidate?.accountId === undefined ? [] : [candidate]))
}
