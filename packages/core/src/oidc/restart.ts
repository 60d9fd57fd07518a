import type Provider from 'oidc-provider'
import { clientOfFinished } from './stored-payload.ts'

/** The launch URL of a client; `null` if unknown. */
export type StartOf = (clientId: string) => Promise<string | null>

/** The URL to restart a finished interaction: the application's, because it has already received a response. */
export async function startOfFinished(
  provider: Provider,
  uid: string,
  startOf: StartOf = async () => null,
): Promise<string | null> {
  const clientId = await clientOfFinished(provider, uid)
  return clientId === undefined ? null : startOf(clientId)
}

/** The URL of the original authorization request. */
export function restartUrl(
  provider: Provider,
  { params }: Pick<InstanceType<Provider['Interaction']>, 'params'>,
): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(params))
    for (const each of [value].flat())
      if (typeof each === 'string' || typeof each === 'number') query.append(name, String(each))
  // Pushed parameters are stored expanded, and the reference can be used only once.
  query.delete('request_uri')
  return `${provider.pathFor('authorization')}?${query}`
}
