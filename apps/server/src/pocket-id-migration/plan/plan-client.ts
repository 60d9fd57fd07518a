import type { Client, ClientProtocol } from '@pocket/core'
import { defaultProtocol, isObjectMember, redirectUriProblem } from '@pocket/core/internal'
import type { FindingSubject, ReportCollector } from '../report.ts'
import type { SourceRow } from '../source/tables.ts'
import { planFederatedIdentities, planSecrets } from './plan-credentials.ts'
import { oneLine, planName } from './texts.ts'

type ClientRow = SourceRow<'oidc_clients'>

/** Data about clients in other tables of the source. */
export interface ClientRelations {
  /** The groups of each client, which apply if it is restricted. */
  readonly allowedGroupIds: ReadonlyMap<string, readonly string[]>
  /** The redirect URIs that each client has used, as far as they are stored. */
  readonly usedRedirectUris: ReadonlyMap<string, ReadonlySet<string>>
  /** The algorithm of the signing key, if this provider uses it too. */
  readonly signingAlgorithm: ClientProtocol['idTokenSignedResponseAlg'] | undefined
}

const maxDuration = 525_600

export function planClient(
  row: ClientRow,
  { allowedGroupIds, usedRedirectUris, signingAlgorithm }: ClientRelations,
  report: ReportCollector,
): Client | undefined {
  const subject: FindingSubject = { subject: 'client', id: row.id, name: row.name || row.id }
  const changed = (reason: string) => report.changed(subject, reason)
  if (row.id === '' || isObjectMember(row.id)) {
    report.leftOut(subject, 'The client ID is reserved.')
    return undefined
  }
  const isDocument = row.client_type === 'cimd'
  const used = usedRedirectUris.get(row.id) ?? new Set()
  return {
    id: row.id,
    name: planName(row.name, { maxLength: 50, fallback: oneLine(row.id, 50) }, changed),
    description: planDescription(row.description, changed),
    type: isDocument ? 'cimd' : 'standard',
    launchUrl: planLaunchUrl(row.launch_url, changed),
    redirectUris: planRedirectUris({ uris: row.callback_urls, used, launchUrl: row.launch_url }, 'callback', changed),
    postLogoutRedirectUris: planRedirectUris(
      { uris: row.logout_callback_urls, used: new Set(), launchUrl: null },
      'logout callback',
      changed,
    ),
    isPublic: row.is_public,
    pkceRequired: row.pkce_enabled || row.is_public,
    pkceSupported: row.pkce_supported,
    requiresReauthentication: row.requires_reauthentication,
    requiresPushedAuthorizationRequests: row.requires_pushed_authorization_requests,
    skipConsent: row.skip_consent,
    isGroupRestricted: row.is_group_restricted,
    allowedGroupIds: allowedGroupIds.get(row.id) ?? [],
    secrets: planSecrets(row, report),
    federatedIdentities: planFederatedIdentities(row, changed),
    accessTokenDurationMinutes: planDuration(row.access_token_duration_minutes, 60, changed),
    refreshTokenDurationMinutes: planDuration(row.refresh_token_duration_minutes, 43_200, changed),
    protocol: {
      ...defaultProtocol,
      // Applications of Pocket ID may read the access token or not send a code challenge method.
      jwtAccessTokens: true,
      plainPkce: true,
      ...(signingAlgorithm && { idTokenSignedResponseAlg: signingAlgorithm }),
    },
    template: null,
    registration: isDocument ? {} : null,
    unusedSince: null,
    // Expired, so that the document is fetched at the first use.
    metadataExpiresAt: isDocument ? row.created_at : null,
    createdAt: row.created_at,
    updatedAt: row.created_at,
  }
}

function planDescription(description: string, changed: (reason: string) => void): string {
  const characters = [...description]
  if (characters.length > 150) changed('Its description was cut after 150 characters.')
  return characters.slice(0, 150).join('')
}

function planDuration(minutes: number, standard: number, changed: (reason: string) => void): number {
  if (minutes > maxDuration) changed(`A token lifetime of ${minutes} minutes became ${maxDuration}.`)
  return minutes >= 1 ? Math.min(minutes, maxDuration) : standard
}

function planLaunchUrl(url: string | null, changed: (reason: string) => void): string | null {
  if (!url) return null
  if (!url.includes('*') && redirectUriProblem(url.replace(/#.*$/s, '')) === undefined) return url
  changed(`The launch URL ${url} was removed: it is not a URL that a page can link to.`)
  return null
}

interface SourceRedirectUris {
  readonly uris: readonly string[]
  /** The redirect URIs that the client has used, as far as they are stored. */
  readonly used: ReadonlySet<string>
  readonly launchUrl: string | null
}

/** The nearest redirect URIs that this provider accepts; `label` names their kind. */
function planRedirectUris(
  { uris, used, launchUrl }: SourceRedirectUris,
  label: string,
  changed: (reason: string) => void,
): readonly string[] {
  const planned = uris.flatMap((uri): readonly string[] => {
    const problem = redirectUriProblem(uri)
    if (problem === undefined) return [uri]
    if (problem === 'fragment') {
      const stripped = uri.replace(/#.*$/s, '')
      changed(`The ${label} ${uri} is now ${stripped}: a redirect URI must not have a fragment (RFC 6749, 3.1.2).`)
      return [stripped]
    }
    if (problem !== 'wildcard') {
      changed(`The ${label} ${uri} was removed: it is not a redirect URI that can be registered (${problem}).`)
      return []
    }
    const known = knownUris(used, launchUrl)
    const remedy =
      known.length > 0
        ? `it is now ${known.join(', ')}, which the client is known to use.`
        : 'the client has none now; its page shows which one it requests.'
    changed(`The ${label} ${uri} allows every URL, which lets anyone receive its tokens; ${remedy}`)
    return known
  })
  return [...new Set(planned)]
}

function knownUris(used: ReadonlySet<string>, launchUrl: string | null): readonly string[] {
  const origin = URL.parse(launchUrl ?? '')?.origin
  const candidates = [...used, ...(origin === undefined || origin === 'null' ? [] : [`${origin}/**`])]
  return candidates.filter((uri) => redirectUriProblem(uri) === undefined)
}
