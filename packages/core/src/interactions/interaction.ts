import type { IncomingMessage, ServerResponse } from 'node:http'
import type Provider from 'oidc-provider'
import { NotFoundError } from '../errors.ts'
import { carriedUrl, sealedInteractionParameter, withCarriedInteraction } from '../oidc/carried-interactions.ts'
import { restartUrl } from '../oidc/restart.ts'
import { replaceStored } from '../oidc/stored-payload.ts'
import type { Sealer } from '../sealing.ts'

/** Seconds until an unanswered interaction expires. */
const lifetime = 60 * 60

export type Interaction = InstanceType<Provider['Interaction']>

/**
 * Finds the interaction of this browser by the ID in its cookie, which must match the ID in the URL. The caller must check
 * whether the session of the interaction is still valid.
 *
 * @param exchange - `now` in milliseconds since the Unix epoch
 * @throws {NotFoundError} `interaction_expired`; `details.startAgain` contains the URL to restart at, if known
 */
export async function findInteraction(
  provider: Provider,
  exchange: Exchange & { readonly now: number },
  uid: string,
): Promise<Interaction> {
  const { cookies } = provider.createContext(exchange.req, exchange.res)
  const id = cookies.get(provider.cookieName('interaction'), { signed: true })
  if (id !== uid) throw new NotFoundError('interaction_expired', 'The interaction does not belong to this browser.')
  const interaction = await provider.Interaction.find(uid, { ignoreExpiration: true })
  if (!interaction) throw new NotFoundError('interaction_expired', 'The interaction has ended.')
  if (exchange.now >= (interaction.iat + lifetime) * 1000)
    throw new NotFoundError('interaction_expired', 'The interaction has expired.', {
      details: { startAgain: restartUrl(provider, interaction) },
    })
  return interaction
}

/**
 * The client of the interaction at this path. With an exchange, only if the interaction is active in that browser; the browser
 * sends its cookie only to paths below this one.
 */
export async function interactionClient(
  provider: Provider,
  path: string,
  {
    sealer,
    exchange,
  }: { readonly sealer: Sealer; readonly exchange?: (Exchange & { readonly now: number }) | undefined },
): Promise<string | undefined> {
  const [, uid, query] = /^\/interaction\/([^/?]+)(?:\?(.*))?$/.exec(path) ?? []
  if (uid === undefined) return undefined
  try {
    const interaction = await withCarriedInteraction(
      sealer,
      new URLSearchParams(query).get(sealedInteractionParameter),
      () =>
        exchange
          ? findInteraction(provider, exchange, uid)
          : provider.Interaction.find(uid, { ignoreExpiration: true }),
    )
    return interaction && String(interaction.params.client_id)
  } catch (error) {
    if (error instanceof NotFoundError) return undefined
    throw error
  }
}

export interface Exchange {
  readonly req: IncomingMessage
  readonly res: ServerResponse
}

/**
 * Stores the result of an interaction and resolves to the URL to continue at. Of two concurrent results (two tabs, a double
 * click) the later one wins. Does not recreate an interaction that has ended.
 *
 * @param update - changes the interaction
 * @throws {NotFoundError} `interaction_expired`
 */
export async function completeInteraction(
  provider: Provider,
  interaction: Interaction,
  update: (interaction: Interaction) => void,
): Promise<string> {
  let current: Interaction | undefined = interaction
  while (current) {
    update(current)
    if (await replaceStored(current)) return carriedUrl(current.returnTo)
    current = await provider.Interaction.find(interaction.uid, { ignoreExpiration: true })
  }
  throw new NotFoundError('interaction_expired', 'The interaction has ended.')
}
