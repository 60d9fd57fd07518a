import type Provider from 'oidc-provider'
import { findFinishedClient } from './stored-payload.ts'

/** The launch URL of a client; `null` if unknown. */
export type GetStartUrl = (clientId: string) => Promise<string | null>

/** The URL to restart a finished interaction: the application's, because it has already received a response. */
export async function startUrlOfFinished(
  provider: Provider,
  uid: string,
  getStartUrl: GetStartUrl = async () => null,
): Promise<string | null> {
  const clientId = await findFinishedClient(provider, uid)
  return clientId === undefined ? null : getStartUrl(clientId)
}

/** The URL of the original authorization request. */
export function restartUrl(
  provider: Provider,
  { params }: Pick<InstanceType<Provider['Interaction']>, 'params'>,
): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(params))
    for (const item of [value].flat())
      if (typeof item === 'string' || typeof item === 'number') query.append(name, String(item))
  // Pushed parameters are stored expanded, and the reference can be used only once.
  query.delete('request_uri')
  return `${provider.pathFor('authorization')}?${query}`
}
