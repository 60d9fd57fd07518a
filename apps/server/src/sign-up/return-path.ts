import type { Pocket } from '@pocket/core'
import { startUrl as startUrlOf } from '@pocket/core/internal'
import type { Context } from 'koa'
import type { PageDeps } from '../http/deps.ts'
import { seeOther } from '../http/show-page.ts'

/** The maximum length in characters. */
const maxLength = 2000
const home = '/settings/account'

/**
 * The path that returns a pending user to their destination, even a week later in another browser: for an authorization request
 * it includes the client. `null` if there is no valid destination.
 */
export async function resolveReturnPath(
  pocket: Pick<Pocket, 'interactionClient'>,
  destination: string,
): Promise<string | null> {
  const client = await pocket.interactionClient(destination)
  if (client === undefined && (destination === home || destination.startsWith('/interaction/'))) return null
  // Below the interaction path, because the browser sends its cookie only there.
  const [path] = destination.split('?')
  const returnPath = client === undefined ? destination : `${path}/arrived?${new URLSearchParams({ client })}`
  return returnPath.length > maxLength ? null : returnPath
}

/** `/interaction/:uid/arrived`: continues the authorization request, or links to the application if the request has expired. */
export function arrivedPage({ pocket, show }: PageDeps) {
  return async (ctx: Context) => {
    const interaction = `/interaction/${encodeURIComponent(String(ctx.params.uid))}`
    if ((await pocket.interactionClient(interaction, ctx)) !== undefined) return seeOther(ctx, interaction)
    const client = typeof ctx.query.client === 'string' ? await pocket.clients.find(ctx.query.client) : undefined
    if (!client) return seeOther(ctx, home)
    const { id, name } = client
    const startUrl = startUrlOf(client, pocket.issuer)
    const url = startUrl === null ? null : new URL(startUrl)
    // The URL of a native app has no host.
    const destination = url && (url.host || url.protocol)
    await show(ctx, { view: 'arrived', client: { id, name, destination }, startUrl })
  }
}
