import type { Context } from 'koa'
import type { Flashes } from '../http/flash.ts'
import type { ClientNotice } from './page-model.ts'

/** What a client's page shows once. */
export interface ClientFlash {
  readonly newSecret: { readonly id: string; readonly value: string } | null
  readonly corrections: readonly { readonly given: string; readonly corrected: string }[]
  readonly notice: ClientNotice | null
  /** Why a logo could not be used: the code of an error. */
  readonly logoProblem: string | null
}

const nothing: ClientFlash = { newSecret: null, corrections: [], notice: null, logoProblem: null }

/** Leaves a message for a client's page; many corrections give way, so that a secret is shown in any case. */
export function setClientFlash(
  flashes: Flashes,
  ctx: Context,
  at: { path: string; flash: Partial<ClientFlash> },
): void {
  const { path, flash } = at
  if (!flashes.leave(ctx, path, flash)) flashes.leave(ctx, path, { ...flash, corrections: [] })
}

/** What was left for a client's page. Only we can have made it, so it has the shape that we gave it. */
export function takeClientFlash(flashes: Flashes, ctx: Context, path: string): ClientFlash {
  return { ...nothing, ...flashes.take(ctx, path) }
}
