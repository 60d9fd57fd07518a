import type { ClientRecord, ClientSecret, FederatedIdentity, ListedClient } from '@pocket/core'
import { accessTokenMinutes, consentedScopes, startUrl } from '@pocket/core/internal'
import { formatInstant } from '../http/instant.ts'

type ClientMeta = Pick<ClientRecord, 'id' | 'name' | 'description' | 'launchUrl' | 'requiresReauthentication' | 'type'>

export function clientMetaDto(client: ClientMeta) {
  return {
    id: client.id,
    name: client.name,
    description: client.description,
    hasLogo: false,
    hasDarkLogo: false,
    launchURL: client.launchUrl,
    requiresReauthentication: client.requiresReauthentication,
    clientType: client.type,
  }
}

/** `OidcClientDto`. `now` determines which secrets are active. */
export function clientDto(client: ClientRecord, now: number) {
  return {
    ...clientMetaDto(client),
    callbackURLs: client.redirectUris,
    logoutCallbackURLs: client.postLogoutRedirectUris,
    isPublic: client.isPublic,
    pkceEnabled: client.pkceRequired,
    ...(client.pkceSupported && { pkceSupported: true }),
    requiresPushedAuthorizationRequests: client.requiresPushedAuthorizationRequests,
    skipConsent: client.skipConsent,
    credentials: {
      federatedIdentities: client.federatedIdentities.map(federatedIdentityDto),
      secrets: client.secrets.map((secret) => secretDto(secret, now)),
    },
    isGroupRestricted: client.isGroupRestricted,
    accessTokenDurationMinutes: accessTokenMinutes(client),
    refreshTokenDurationMinutes: client.refreshTokenDurationMinutes,
    protocol: client.protocol,
  }
}

export function secretDto({ id, prefix, createdAt, expiresAt }: ClientSecret, now: number) {
  return {
    id,
    // Pocket ID's API shows a shorter prefix than we store.
    prefix: prefix.slice(0, 4),
    createdAt: formatInstant(createdAt),
    expiresAt: expiresAt === null ? null : formatInstant(expiresAt),
    isActive: expiresAt === null || expiresAt > now,
  }
}

/** A client in a user's list of applications. */
function launchClientDto(client: ClientRecord, issuer: string) {
  return { ...clientMetaDto(client), launchURL: startUrl(client, issuer) }
}

export function authorizedClientDto({ client, consent }: ListedClient, issuer: string) {
  return {
    scope: consentedScopes(consent?.scopes ?? []).join(' '),
    client: launchClientDto(client, issuer),
    lastUsedAt: formatInstant(consent?.updatedAt ?? client.createdAt),
  }
}

export function accessibleClientDto({ client, consent }: ListedClient, issuer: string) {
  return { ...launchClientDto(client, issuer), lastUsedAt: consent === null ? null : formatInstant(consent.updatedAt) }
}

function federatedIdentityDto({ issuer, subject, audience, jwks, replayProtection }: FederatedIdentity) {
  return {
    issuer,
    ...(subject !== null && { subject }),
    ...(audience !== null && { audience }),
    ...(jwks !== null && { jwks }),
    replayProtection,
  }
}
