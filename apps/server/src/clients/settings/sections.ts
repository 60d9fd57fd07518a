import {
  clientAuthenticationMethods,
  contentEncryptionAlgorithms,
  keyManagementAlgorithms,
  signingAlgorithms,
} from '@pocket/core/internal'
import {
  booleanChoice,
  choice,
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
import { type ClientField, clientField, protocolField, type TextField } from './field.ts'
import { claimRules, federatedIdentities, groupNames, userNames } from './rows.ts'
import { accessRules, identityHeaders } from './site-fields.ts'

export const sectionNames = [
  'identity',
  'addresses',
  'signIn',
  'site',
  'claims',
  'authentication',
  'tokens',
  'logout',
] as const
export type SectionName = (typeof sectionNames)[number]

/** Fields that are saved together. */
export interface ClientSection {
  readonly name: SectionName
  /** Whether it is collapsed initially, because most clients do not need it. */
  readonly advanced: boolean
  readonly fields: readonly ClientField[]
}

const encryptionChoice = encryption(keyManagementAlgorithms, contentEncryptionAlgorithms)
const signingChoice = choice(signingAlgorithms)
const optionalSigningChoice = nullableChoice(signingAlgorithms)

/** Names of the groups to include; `*` is a wildcard. */
const includedGroups: TextField = {
  name: 'protocol.groupRules.include',
  key: 'groupsShown',
  kind: 'lines',
  read: ({ protocol }) => nullableLines.text(protocol.groupRules.include),
  write: (input) => ({ protocol: { groupRules: { include: nullableLines.value(input, '') as string[] | null } } }),
}

export const sections: readonly ClientSection[] = [
  {
    name: 'identity',
    advanced: false,
    fields: [
      clientField('name', text),
      clientField('description', text),
      clientField('launchUrl', nullableText),
      protocolField('operator', nullableText),
    ],
  },
  {
    name: 'addresses',
    advanced: false,
    fields: [clientField('redirectUris', lines), clientField('postLogoutRedirectUris', lines)],
  },
  {
    name: 'signIn',
    advanced: false,
    fields: [
      clientField('isPublic', booleanChoice),
      clientField('pkceRequired', flag),
      clientField('skipConsent', flag),
      clientField('requiresReauthentication', flag),
      protocolField('maxSessionAgeMinutes', nullableMinutes),
    ],
  },
  {
    name: 'site',
    advanced: true,
    fields: [
      protocolField('protectedHosts', lines),
      accessRules,
      identityHeaders,
      protocolField('identityAssertion', flag),
      protocolField('serviceTokenHeader', nullableText),
    ],
  },
  {
    name: 'claims',
    advanced: true,
    fields: [
      protocolField('defaultScopes', lines),
      claimRules,
      includedGroups,
      groupNames,
      userNames,
      protocolField('subjectType', choice(['public', 'pairwise'])),
      protocolField('sectorIdentifierUri', nullableText),
    ],
  },
  {
    name: 'authentication',
    advanced: true,
    fields: [
      protocolField('tokenEndpointAuthMethod', choice(clientAuthenticationMethods)),
      protocolField('jwksUri', nullableText),
      protocolField('jwks', json),
      federatedIdentities,
    ],
  },
  {
    name: 'tokens',
    advanced: true,
    fields: [
      clientField('accessTokenDurationMinutes', minutes),
      clientField('refreshTokenDurationMinutes', minutes),
      protocolField('refreshTokenAbsoluteLifetimeMinutes', nullableMinutes),
      protocolField('jwtAccessTokens', flag),
      protocolField('opaqueClientCredentials', flag),
      protocolField('plainPkce', flag),
      protocolField('fapi', flag),
      protocolField('dpopBoundAccessTokens', flag),
      clientField('requiresPushedAuthorizationRequests', flag),
      protocolField('requireSignedRequestObject', flag),
      protocolField('implicitIdToken', flag),
      protocolField('idTokenSignedResponseAlg', signingChoice),
      protocolField('idTokenEncryptedResponse', encryptionChoice),
      protocolField('userinfoSignedResponseAlg', optionalSigningChoice),
      protocolField('userinfoEncryptedResponse', encryptionChoice),
      protocolField('authorizationSignedResponseAlg', signingChoice),
      protocolField('authorizationEncryptedResponse', encryptionChoice),
      protocolField('introspectionSignedResponseAlg', optionalSigningChoice),
      protocolField('authorizationDetailsTypes', lines),
    ],
  },
  {
    name: 'logout',
    advanced: true,
    fields: [
      protocolField('backchannelLogoutUri', nullableText),
      protocolField('backchannelLogoutSessionRequired', flag),
      protocolField('initiateLoginUri', nullableText),
    ],
  },
]
