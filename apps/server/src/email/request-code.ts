import type { Pocket } from '@pocket/core'
import type { Context } from 'koa'
import type { Mail } from './email-service.ts'

export type BindBrowser = Pocket['bindBrowser']

export interface RequestCodePorts {
  readonly mail: Pick<Mail, 'loginCodes' | 'delivery'>
  readonly bindBrowser: BindBrowser
}

/**
 * Requests a login code for an e-mail address. Neither the response nor its timing reveals whether an account exists:
 * the account is looked up after the response is sent.
 *
 * @throws {ForbiddenError} `one_time_access_disabled`
 */
export async function requestCode(
  { mail, bindBrowser }: RequestCodePorts,
  ctx: Context,
  { email, redirect }: { readonly email: string; readonly redirect: string | null },
): Promise<void> {
  await mail.loginCodes.assertRequestable()
  await mail.loginCodes.request(email, bindBrowser(ctx.req, ctx.res, email), redirect)
  ctx.res.once('close', () => mail.delivery.trigger())
}
