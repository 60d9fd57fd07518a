import type Provider from 'oidc-provider'
import type { Account } from '../accounts/account.ts'
import { accountClaims, type Claims, supportedScopes } from '../accounts/claims.ts'
import type { AccessibleApi, ApiAccessReader } from '../apis/access.ts'
import type { MakeClaims } from '../clients/claim-maker.ts'
import { apiConsentKey } from '../consents/consent-key.ts'
import { type AuthorizationDetailsTypes, requestedDetails } from '../oidc/authorization-details.ts'
import { claimsClient } from '../oidc/client-metadata.ts'
import { requestedClaimNames, scopesForClaims } from '../oidc/requested-claims.ts'
import type { ApiView, AuthorizationDetailView, ClaimView } from '../views/views.ts'

/** The parameters of an authorization request, as stored by the library. */
export type Parameters = Readonly<Record<string, unknown>>

type ProviderClient = InstanceType<Provider['Client']>

/** The claims that the client would receive. Calls the host's claim function unless `hostClaims` is given. */
export function releasedClaims(
  makeClaims: MakeClaims,
  {
    account,
    client,
    params,
    hostClaims,
  }: { account: Account; client: ProviderClient; params: Parameters; hostClaims?: Claims },
): Promise<Claims> {
  const request = { scopes: requestedScopes(params), names: requestedClaimNames(params.claims) }
  return makeClaims(account, claimsClient(client), { ...request, ...(hostClaims && { hostClaims }) })
}

/** The requested APIs, with the permissions that are both requested and granted to the client. */
export async function requestedApis(
  access: ApiAccessReader,
  clientId: string,
  { resource = [], scope }: Parameters,
): Promise<AccessibleApi[]> {
  const requestedKeys = typeof scope === 'string' ? scope.split(' ') : []
  const accessibleApis: AccessibleApi[] = []
  for (const indicator of [resource].flat()) {
    const accessible = await access.find(String(indicator), clientId, 'user')
    if (!accessible) continue
    const permissions = accessible.permissions.filter(({ key }) => requestedKeys.includes(key))
    accessibleApis.push({ ...accessible, permissions })
  }
  return accessibleApis
}

/** An API as shown on a page. `before` contains the scopes of the existing consent. */
export function apiView({ api, permissions }: AccessibleApi, before?: readonly string[]): ApiView {
  const { name, resource } = api
  const markIfNew = (key: string) =>
    before && !before.includes(apiConsentKey(resource, key)) && { isNew: true as const }
  return {
    name,
    resource,
    permissions: permissions.map(({ key, name, description }) => ({ key, name, description, ...markIfNew(key) })),
    ...markIfNew(''),
  }
}

/** The requested authorization details, as shown on a page. */
export function detailViews(params: Parameters, types: AuthorizationDetailsTypes): AuthorizationDetailView[] {
  return (requestedDetails(params) ?? []).map((detail) => ({
    type: detail.type,
    description: types[detail.type]?.describe?.(detail) ?? null,
    json: JSON.stringify(detail, null, 2),
  }))
}

/** The permissions, as scopes. */
export function permissionKeys({ permissions }: AccessibleApi): string[] {
  return permissions.map(({ key }) => key)
}

/** The keys that a consent to this API contains. */
export function consentKeysOf(accessible: AccessibleApi): string[] {
  return ['', ...permissionKeys(accessible)].map((key) => apiConsentKey(accessible.api.resource, key))
}

export function requestedScopes(params: Parameters): string[] {
  const scopeParameter = typeof params.scope === 'string' ? params.scope.split(' ') : []
  const requested = [...scopeParameter, ...scopesForClaims(params.claims)]
  return supportedScopes.filter((scope) => requested.includes(scope))
}

/** Claims that are shown elsewhere or repeat other claims, unless their values differ from the account's. */
const hiddenClaims = new Set([
  'sub',
  'given_name',
  'family_name',
  'display_name',
  'email_verified',
  'picture',
  'updated_at',
])
const leadingClaims = { name: 'name', preferred_username: 'user_name', email: 'email', groups: 'groups' } as const

/**
 * The claims in display order. Claims changed by client rules or the host are always shown.
 *
 * @param before - the existing consent
 */
export function toClaimViews(
  claims: Claims,
  account: Account,
  scopes: readonly string[],
  before?: { readonly scopes: readonly string[]; readonly claims: Claims },
): ClaimView[] {
  const markIfNew = (isKnown: boolean | undefined) => isKnown === false && { isNew: true as const }
  const isClaimNew = (name: string) => markIfNew(before && Object.hasOwn(before.claims, name))
  const defaultClaims: Claims = { ...accountClaims(account), sub: claims.sub }
  const isDefault = (name: string, value: unknown) => JSON.stringify(value) === JSON.stringify(defaultClaims[name])
  const leadingViews = Object.entries(leadingClaims).map(([name, claim]) => ({
    claim,
    value: displayedValue(claims[name]),
    verified: claim === 'email' && isDefault(name, claims[name]) ? account.emailVerified : null,
    ...isClaimNew(name),
  }))
  const otherViews = Object.entries(claims)
    .filter(
      ([name, value]) => !(hiddenClaims.has(name) && isDefault(name, value)) && !Object.hasOwn(leadingClaims, name),
    )
    .map(([name, value]) => ({
      claim: 'other' as const,
      name,
      value: displayedValue(value),
      verified: null,
      ...isClaimNew(name),
    }))
  const views: ClaimView[] = [...leadingViews, ...otherViews].filter(({ value }) => value.length > 0)
  if (scopes.includes('offline_access'))
    views.push({
      claim: 'offline_access',
      value: '',
      verified: null,
      ...markIfNew(before?.scopes.includes('offline_access')),
    })
  return views
}

function displayedValue(value: unknown): ClaimView['value'] {
  return Array.isArray(value) ? value.map(asText) : asText(value)
}

function asText(value: unknown): string {
  if (typeof value === 'string') return value
  return value === undefined ? '' : JSON.stringify(value)
}
