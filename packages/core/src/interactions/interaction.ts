import type { IncomingMessage, ServerResponse } from 'node:http'
import type Provider from 'oidc-provider'
import { NotFound } from '../errors.ts'
import { carriedParameter, carriedUrl, whileCarrying } from '../oidc/carried-interactions.ts'
import { clientOfFinished, replaceStored } from '../oidc/stored-payload.ts'
import type { Sealer } from '../sealing.ts'

/** Seconds that a person may take to answer. */
const lifetime = 60 * 60

export type Interaction = InstanceType<Provider['Interaction']>

/**
 * The interaction that this browser is in. It is looked for under the cookie's id, which must be the one in the address;
 * whether the session it began in still stands is for the caller to judge.
 *
 * @param exchange - `now` in milliseconds since the Unix epoch
 * @throws {NotFound} `interaction_expired`; `details.startAgain` holds an address where it can begin anew, if it is known
 */
export async function findInteraction(
  provider: Provider,
  exchange: Exchange & { readonly now: number; readonly startOf?: StartOf },
  uid: string,
): Promise<Interaction> {
  const { cookies } = provider.createContext(exchange.req, exchange.res)
  const id = cookies.get(provider.cookieName('interaction'), { signed: true })
  if (id !== uid) throw new NotFound('interaction_expired', 'This browser is in no such interaction.')
  const interaction = await provider.Interaction.find(uid, { ignoreExpiration: true })
  if (!interaction) {
    const startAgain = await startOfFinished(provider, uid, exchange.startOf)
    throw new NotFound('interaction_expired', 'The interaction has ended.', {
      details: startAgain ? { startAgain } : {},
    })
  }
  if (exchange.now >= (interaction.iat + lifetime) * 1000)
    throw new NotFound('interaction_expired', 'The interaction has expired.', {
      details: { startAgain: restartUrl(provider, interaction) },
    })
  return interaction
}

/** Where people start a client; `null` if nobody knows. */
export type StartOf = (clientId: string) => Promise<string | null>

/** Where the person of a finished interaction can start again: at the application, which has had its answer. */
export async function startOfFinished(
  provider: Provider,
  uid: string,
  startOf: StartOf = async () => null,
): Promise<string | null> {
  const clientId = await clientOfFinished(provider, uid)
  return clientId === undefined ? null : startOf(clientId)
}

/**
 * The client that the person in the interaction at this path is on the way to; with an exchange, as long as the interaction is
 * open in that browser. Its cookie is sent to addresses below that path alone.
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
    const interaction = await whileCarrying(sealer, new URLSearchParams(query).get(carriedParameter), () =>
      exchange ? findInteraction(provider, exchange, uid) : provider.Interaction.find(uid, { ignoreExpiration: true }),
    )
    return interaction && String(interaction.params.client_id)
  } catch (error) {
    if (error instanceof NotFound) return undefined
    throw error
  }
}

/** A request and its answer. */
export interface Exchange {
  readonly req: IncomingMessage
  readonly res: ServerResponse
}

/**
 * Stores what was answered in an interaction, and resolves to where the person goes on. Of two answers at once (two tabs, a
 * doubled click) the later one counts; an interaction that has ended does not come back.
 *
 * @param answer - changes the interaction
 * @throws {NotFound} `interaction_expired`
 */
export async function answerInteraction(
  provider: Provider,
  interaction: Interaction,
  answer: (interaction: Interaction) => void,
): Promise<string> {
  let present: Interaction | undefined = interaction
  while (present) {
    answer(present)
    if (await replaceStored(present)) return carriedUrl(present.returnTo)
    present = await provider.Interaction.find(interaction.uid, { ignoreExpiration: true })
  }
  throw new NotFound('interaction_expired', 'The interaction has ended.')
}

/** The authorization request that the interaction came from. */
export function restartUrl(provider: Provider, { params }: Pick<Interaction, 'params'>): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(params))
    for (const each of [value].flat())
      if (typeof each === 'string' || typeof each === 'number') query.append(name, String(each))
  // Parameters that were pushed are stored resolved; the reference itself is used up.
  query.delete('request_uri')
  return `${provider.pathFor('authorization')}?${query}`
}
