import type { AuthenticationCeremony, Pocket } from '@pocket/core'
import type { Context } from 'koa'

export const home = '/settings/account'

/** `path`, leading to `to` afterwards. */
export const withTarget = (path: string, to: string) =>
  to === home ? path : `${path}?${new URLSearchParams({ redirect: to })}`

/** Makes what a page needs to sign somebody in by a passkey who then goes to `to`. */
export function createCeremony(pocket: Pick<Pocket, 'signIn'>) {
  return async ({ req, res }: Pick<Context, 'req' | 'res'>, to: string): Promise<AuthenticationCeremony> => ({
    ...(await pocket.signIn.request(req, res)),
    refreshFrom: withTarget('/login/ceremony', to),
    submitTo: withTarget('/login', to),
  })
}
