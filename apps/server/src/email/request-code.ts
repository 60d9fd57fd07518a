import type { Context } from 'koa'
import type { Deps } from '../http/deps.ts'
import type { Mail } from './email-service.ts'

/**
 * Requests a login code for an e-mail address. Neither the response nor its timing reveals whether an account exists:
 * the account is looked up after the response is sent.
 *
 * @throws {ForbiddenError} `one_time_access_disabled`
 */
export async function requestCode(
  { mail, pocket }: Deps & { readonly mail: Mail },
  ctx: Context,
  { email, redirect }: { readonly email: string; readonly redirect: string | null },
): Promise<void> {
  await mail.loginCodes.assertRequestable()
  await mail.loginCodes.request(email, pocket.bindBrowser(ctx.req, ctx.res, email), redirect)
  ctx.res.once('close', () => mail.delivery.trigger())
}
