import { AsyncLocalStorage } from 'node:async_hooks'
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import type { Context } from 'koa'
import { errors } from 'oidc-provider'
import type { Sealer } from '../sealing.ts'

/** The query parameter that carries a sealed interaction that is not stored. */
export const sealedInteractionParameter = 'interaction'

/** Characters. A form of `maxFormBytes` fits, even if it hardly compresses. */
export const maxCarriedLength = 20_000

const currentRequest = new AsyncLocalStorage<{ readonly sealer: Sealer; sealed: string | undefined }>()

/** The untrusted sealed interaction in the URL of a request. */
export function sealedInteraction(ctx: Pick<Context, 'query' | 'querystring'>): unknown {
  // Parsing a query takes longer than finding out that it has no interaction.
  return ctx.querystring.includes(sealedInteractionParameter) ? ctx.query[sealedInteractionParameter] : undefined
}

/**
 * Handles a request whose URL may carry an interaction.
 *
 * @param sealed - the untrusted value of {@link sealedInteractionParameter}
 */
export function withCarriedInteraction<T>(sealer: Sealer, sealed: unknown, work: () => T): T {
  return currentRequest.run({ sealer, sealed: typeof sealed === 'string' ? sealed : undefined }, work)
}

/** The serialized interaction, if the URL of this request carries it. */
export function carriedInteraction(uid: string): string | undefined {
  const { sealer, sealed } = currentRequest.getStore() ?? {}
  const content = sealed && sealer?.open(Buffer.from(sealed, 'base64url'), contextOf(uid))
  return content ? inflateRawSync(content).toString('utf8') : undefined
}

/**
 * Adds the interaction to all URLs that this request generates from now on.
 *
 * @throws {errors.InvalidRequest} if it is too long for a URL
 */
export function carryInteraction(uid: string, payload: string): void {
  const state = currentRequest.getStore()
  if (!state) throw new TypeError('An interaction can be carried only by a request.')
  const sealed = state.sealer.seal(deflateRawSync(payload), contextOf(uid)).toString('base64url')
  if (sealed.length > maxCarriedLength) throw new errors.InvalidRequest('the request is too large')
  state.sealed = sealed
}

/** Stops adding the interaction to URLs once it is stored. */
export function clearCarriedInteraction(): void {
  const state = currentRequest.getStore()
  if (state) state.sealed = undefined
}

export function carriedUrl(url: string): string {
  const sealed = currentRequest.getStore()?.sealed
  return sealed === undefined ? url : `${url}${url.includes('?') ? '&' : '?'}${sealedInteractionParameter}=${sealed}`
}

function contextOf(uid: string): string {
  return `interaction ${uid}`
}
