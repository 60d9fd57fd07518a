import type { Context } from 'koa'

/** `/.well-known/passkey-endpoints`: the URLs where password managers send users to add and manage passkeys (W3C). */
export function passkeyEndpoints(issuer: string) {
  const account = `${issuer}/settings/account/security`
  return async (ctx: Context): Promise<void> => {
    ctx.set('Cache-Control', 'public, max-age=300')
    ctx.body = { enroll: account, manage: account }
  }
}
