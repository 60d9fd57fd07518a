import type { Configuration } from 'oidc-provider'
import type { SubjectOf } from '../clients/claim-maker.ts'
import type { MasterKey } from '../master-key.ts'
import { extras } from './client-metadata.ts'

export type PairwiseIdentifier = (accountId: string, client: object) => string

type Told = Parameters<SubjectOf>[1]

/** Another name of a person for each sector, from which nobody finds the person (OpenID Connect Core §8.1). */
export function createPairwiseIdentifier(masterKey: MasterKey): PairwiseIdentifier {
  return (accountId, client) => {
    const { pocket_redirect_uris: redirectUris, pocket_protocol: settings } = extras(client)
    return pairwiseSubject(masterKey, accountId, { redirectUris, settings })
  }
}

/** The same or the account's id, whichever the client is told. */
export function createSubjectOf(masterKey: MasterKey): SubjectOf {
  return (accountId, client) =>
    client.settings.subjectType === 'pairwise' ? pairwiseSubject(masterKey, accountId, client) : accountId
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

function pairwiseSubject(masterKey: MasterKey, accountId: string, client: Told): string {
  return masterKey.mac('pairwise subject', JSON.stringify([sectorOf(client), accountId]))
}

function sectorOf({ redirectUris, settings }: Told): string | undefined {
  const address = settings.sectorIdentifierUri ?? redirectUris[0] ?? ''
  // An app has a scheme and no host.
  return URL.parse(address)?.host || address
}
