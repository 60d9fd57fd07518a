import {
  clientAuthenticationMethods,
  contentEncryptionAlgorithms,
  keyManagementAlgorithms,
  signingAlgorithms,
} from '@pocket/core/internal'
import {
  choice,
  either,
  encryption,
  flag,
  json,
  lines,
  minutes,
  nullableChoice,
  nullableLines,
  nullableMinutes,
  nullableText,
  text,
} from './codecs.ts'
import { type ClientField, ofClient, ofProtocol, type TextField } from './field.ts'
import { claimRules, federatedIdentities, groupNames, userNames } from './rows.ts'

export const sectionNames = ['identity', 'addresses', 'signIn', 'told', 'authentication', 'tokens', 'logout'] as const
export type SectionName = (typeof sectionNames)[number]

/** Fields that are saved together. */
export interface ClientSection {
  readonly name: SectionName
  /** Whether it is collapsed initially, because most clients do not need it. */
  readonly advanced: boolean
  readonly fields: readonly ClientField[]
}

const encrypted = encryption(keyManagementAlgorithms, contentEncryptionAlgorithms)
const signed = choice(signingAlgorithms)
const maybeSigned = nullableChoice(signingAlgorithms)

/** Names of the groups to include; `*` is a wildcard. */
const groupsShown: TextField = {
  name: 'protocol.groupRules.include',
  key: 'groupsShown',
  kind: 'lines',
  read: ({ protocol }) => nullableLines.text(protocol.groupRules.include),
  write: (entered) => ({ protocol: { groupRules: { include: nullableLines.value(entered, '') as string[] | null } } }),
}

/** All client settings in display order. */
export const sections: readonly ClientSection[] = [
  {
    name: 'identity',
    advanced: false,
    fields: [
      ofClient('name', text),
      ofClient('description', text),
      ofClient('launchUrl', nullableText),
      ofProtocol('operator', nullableText),
    ],
  },
  {
    name: 'addresses',
    advanced: false,
    fields: [ofClient('redirectUris', lines), ofClient('postLogoutRedirectUris', lines)],
  },
  {
    name: 'signIn',
    advanced: false,
    fields: [
      ofClient('isPublic', either),
      ofClient('pkceRequired', flag),
      ofClient('skipConsent', flag),
      ofClient('requiresReauthentication', flag),
      ofClient('requiresPushedAuthorizationRequests', flag),
      ofProtocol('maxSessionAgeMinutes', nullableMinutes),
      ofClient('accessTokenDurationMinutes', minutes),
      ofClient('refreshTokenDurationMinutes', minutes),
      ofProtocol('refreshTokenAbsoluteLifetimeMinutes', nullableMinutes),
    ],
  },
  {
    name: 'told',
    advanced: true,
    fields: [
      ofProtocol('defaultScopes', lines),
      claimRules,
      groupsShown,
      groupNames,
      userNames,
      ofProtocol('subjectType', choice(['public', 'pairwise'])),
      ofProtocol('sectorIdentifierUri', nullableText),
    ],
  },
  {
    name: 'authentication',
    advanced: true,
    fields: [
      ofProtocol('tokenEndpointAuthMethod', choice(clientAuthenticationMethods)),
      ofProtocol('jwksUri', nullableText),
      ofProtocol('jwks', json),
      federatedIdentities,
    ],
  },
  {
    name: 'tokens',
    advanced: true,
    fields: [
      ofProtocol('jwtAccessTokens', flag),
      ofProtocol('fapi', flag),
      ofProtocol('dpopBoundAccessTokens', flag),
      ofProtocol('requireSignedRequestObject', flag),
      ofProtocol('implicitIdToken', flag),
      ofProtocol('idTokenSignedResponseAlg', signed),
      ofProtocol('idTokenEncryptedResponse', encrypted),
      ofProtocol('userinfoSignedResponseAlg', maybeSigned),
      ofProtocol('userinfoEncryptedResponse', encrypted),
      ofProtocol('authorizationSignedResponseAlg', signed),
      ofProtocol('authorizationEncryptedResponse', encrypted),
      ofProtocol('introspectionSignedResponseAlg', maybeSigned),
      ofProtocol('authorizationDetailsTypes', lines),
    ],
  },
  {
    name: 'logout',
    advanced: true,
    fields: [
      ofProtocol('backchannelLogoutUri', nullableText),
      ofProtocol('backchannelLogoutSessionRequired', flag),
      ofProtocol('initiateLoginUri', nullableText),
    ],
  },
]
