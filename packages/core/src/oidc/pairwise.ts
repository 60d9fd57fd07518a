import type { Configuration } from 'oidc-provider'
import type { MasterKey } from '../master-key.ts'
import { type ClientExtras, extras } from './client-metadata.ts'

export type PairwiseIdentifier = (accountId: string, client: object) => string

/** Another name of a person for each sector, from which nobody finds the person (OpenID Connect Core §8.1). */
export function createPairwiseIdentifier(masterKey: MasterKey): PairwiseIdentifier {
  return (accountId, client) => {
    const { pocket_redirect_uris, pocket_protocol } = extras(client)
    const sector = sectorOf(pocket_protocol.sectorIdentifierUri, pocket_redirect_uris)
    return masterKey.mac('pairwise subject', JSON.stringify([sector, accountId]))
  }
}

/** What the client calls the person. */
export function subjectFor(pairwise: PairwiseIdentifier, accountId: string, client: object): string {
  return extras(client).pocket_protocol.subjectType === 'pairwise' ? pairwise(accountId, client) : accountId
}

/** The same, as the library asks. */
export function libraryPairwiseIdentifier(
  pairwise: PairwiseIdentifier,
): NonNullable<Configuration['pairwiseIdentifier']> {
  return async (_ctx, accountId, client) => pairwise(accountId, client)
}

function sectorOf(
  sectorIdentifierUri: string | null,
  redirectUris: ClientExtras['pocket_redirect_uris'],
): string | undefined {
  const address = sectorIdentifierUri ?? redirectUris[0] ?? ''
  // An app has a scheme and no host.
  return URL.parse(address)?.host || address
}
