import type { Configuration } from 'oidc-provider'
import type { SubjectOf } from '../clients/claim-maker.ts'
import { durablePurposes, type MasterKey } from '../master-key.ts'
import { extras } from './client-metadata.ts'

export type PairwiseIdentifier = (accountId: string, client: object) => string

type PairwiseClient = Parameters<SubjectOf>[1]

/** Derives a pairwise subject, different for each sector and not reversible (OpenID Connect Core §8.1). */
export function createPairwiseIdentifier(masterKey: MasterKey): PairwiseIdentifier {
  return (accountId, client) => {
    const { pocket_redirect_uris: redirectUris, pocket_protocol: settings } = extras(client)
    return pairwiseSubject(masterKey, accountId, { redirectUris, settings })
  }
}

/** Returns the pairwise subject or the account ID, as configured for the client. */
export function createSubjectFunction(masterKey: MasterKey): SubjectOf {
  return (accountId, client) =>
    client.settings.subjectType === 'pairwise' ? pairwiseSubject(masterKey, accountId, client) : accountId
}

/** The subject that the client receives for this account. */
export function getSubject(pairwise: PairwiseIdentifier, accountId: string, client: object): string {
  return extras(client).pocket_protocol.subjectType === 'pairwise' ? pairwise(accountId, client) : accountId
}

/** The pairwise identifier function in the library's signature. */
export function libraryPairwiseIdentifier(
  pairwise: PairwiseIdentifier,
): NonNullable<Configuration['pairwiseIdentifier']> {
  return async (_ctx, accountId, client) => pairwise(accountId, client)
}

const [pairwisePurpose] = durablePurposes

function pairwiseSubject(masterKey: MasterKey, accountId: string, client: PairwiseClient): string {
  return masterKey.mac(pairwisePurpose, JSON.stringify([getSector(client), accountId]))
}

function getSector({ redirectUris, settings }: PairwiseClient): string | undefined {
  const uri = settings.sectorIdentifierUri ?? redirectUris[0] ?? ''
  // URIs of native apps have a scheme but no host.
  return URL.parse(uri)?.host || uri
}
