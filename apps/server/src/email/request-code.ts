import type { Pocket } from '@pocket/core'
import type { Context } from 'koa'
import type { Mail } from './email-service.ts'

export type BindBrowser = Pocket['bindBrowser']

export interface RequestCodePorts {
  readonly mail: Pick<Mail, 'loginCodes' | 'delivery'>
  readonly bindBrowser: BindBrowser
}

/**
 * Asks for a login code for whoever has this address. Neither the answer nor the time that it takes tells whether somebody
 * has: that is looked up when the answer is on its way.
 *
 * @throws {Forbidden} `one_time_access_disabled`
 */
export async function requestCode(
  { mail, bindBrowser }: RequestCodePorts,
  ctx: Context,
  { email, redirect }: { readonly email: string; readonly redirect: string | null },
): Promise<void> {
  await mail.loginCodes.assertRequestable()
  await mail.loginCodes.request(email, bindBrowser(ctx.req, ctx.res, email), redirect)
  ctx.res.once('close', () => mail.delivery.soon())
}
