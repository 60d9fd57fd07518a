import type { Context } from 'koa'
import type { Flashes } from '../http/flash.ts'
import type { ClientNotice } from './page-model.ts'

/** A page of a client, below the client's path. */
export type ClientTabName = '' | '/access' | '/activity' | '/settings'

export interface ClientFlash {
  readonly corrections: readonly { readonly given: string; readonly corrected: string }[]
  readonly notice: ClientNotice | null
  /** Error code if a logo could not be used. */
  readonly logoProblem: string | null
}

const emptyFlash: ClientFlash = { corrections: [], notice: null, logoProblem: null }

/** Sets a flash message for a client's page. Drops the corrections if they do not fit. */
export function setClientFlash(
  flashes: Flashes,
  ctx: Context,
  target: { path: string; flash: Partial<ClientFlash> },
): void {
  const { path, flash } = target
  if (!flashes.set(ctx, path, flash)) flashes.set(ctx, path, { ...flash, corrections: [] })
}

/** Takes the flash message of a client's page. Only this server writes it, so its shape is known. */
export function takeClientFlash(flashes: Flashes, ctx: Context, path: string): ClientFlash {
  return { ...emptyFlash, ...flashes.consume(ctx, path) }
}
