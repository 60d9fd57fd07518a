import { type Pocket, startAddress } from '@pocket/core'
import type { Context } from 'koa'
import { type ShowPage, seeOther } from '../http/show-page.ts'

/** Characters. */
const longest = 2000
const home = '/settings/account'

/**
 * The address that leads somebody who has to wait to where they wanted to go, today in this browser or in a week in another
 * one: of an application's request for a sign-in it keeps which application that was. `null` where it would lead nowhere.
 */
export async function wayBackOf(pocket: Pick<Pocket, 'interactionClient'>, to: string): Promise<string | null> {
  const client = await pocket.interactionClient(to)
  if (client === undefined && (to === home || to.startsWith('/interaction/'))) return null
  // Below the interaction, since a browser shows its cookie there alone.
  const [path] = to.split('?')
  const address = client === undefined ? to : `${path}/arrived?${new URLSearchParams({ client })}`
  return address.length > longest ? null : address
}

export interface ArrivedPagePorts {
  readonly pocket: Pick<Pocket, 'interactionClient' | 'clients' | 'issuer'>
  readonly show: ShowPage
}

/** `/interaction/:uid/arrived`: goes on with what the application asked for, and otherwise says where the application is. */
export function arrivedPage({ pocket, show }: ArrivedPagePorts) {
  return async (ctx: Context) => {
    const interaction = `/interaction/${encodeURIComponent(String(ctx.params.uid))}`
    if ((await pocket.interactionClient(interaction, ctx)) !== undefined) return seeOther(ctx, interaction)
    const client = typeof ctx.query.client === 'string' ? await pocket.clients.find(ctx.query.client) : undefined
    if (!client) return seeOther(ctx, home)
    const { id, name } = client
    const startAt = startAddress(client, pocket.issuer)
    const address = startAt === null ? null : new URL(startAt)
    // That of an app has no host.
    const destination = address && (address.host || address.protocol)
    await show(ctx, { view: 'arrived', client: { id, name, destination }, startAt })
  }
}
