import { domainToASCII } from 'node:url'
import { signingAlgorithms } from '@pocket/core/internal'
import { addressPatterns } from '../checks.ts'
import { boolean, choice, defineSetting, list, text } from '../setting.ts'

const label = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?'
const domain = new RegExp(`^(?=.{1,253}$)${label}(?:[.]${label})+$`)

/** `/settings/admin/application-configuration/oidc`, by the groups of the page. */
export const openIdConnect = {
  newClients: {
    signingAlgorithm: defineSetting(choice(...signingAlgorithms), {
      variable: 'SIGNING_ALGORITHM',
      default: 'RS256',
      description:
        'The algorithm that signs ID tokens and JWT access tokens of new clients. A migration from Pocket ID sets it to that of its key.',
    }),
  },
  registration: {
    dynamicRegistration: defineSetting(choice('off', 'with-token', 'open'), {
      variable: 'DYNAMIC_REGISTRATION',
      default: 'off',
      description:
        'Who may use dynamic client registration (RFC 7591): no one (`off`), holders of an initial access token (`with-token`), or anyone (`open`). `open` is for test instances.',
    }),
    dynamicRegistrationRestricted: defineSetting(boolean, {
      variable: 'DYNAMIC_REGISTRATION_RESTRICTED',
      default: false,
      description: 'Whether a dynamically registered client has no users until an administrator allows groups.',
    }),
  },
  documents: {
    cimdUrlAllowlist: defineSetting(text(addressPatterns, { control: 'lines' }), {
      variable: 'CIMD_URL_ALLOWLIST',
      default: '[]',
      description:
        'URL patterns of allowed client ID metadata documents: a JSON array, `*` for all. Empty turns the feature off.',
    }),
  },
  discovery: {
    webFingerDomains: defineSetting(
      list({
        items: 'domains',
        maxItems: 100,
        schema: { type: 'string', minLength: 1, maxLength: 253 },
        normalize: asciiDomain,
        message: 'must be the name of a domain',
      }),
      {
        variable: 'WEBFINGER_DOMAINS',
        default: [],
        description: 'E-mail domains for which WebFinger (RFC 7033) returns this provider.',
      },
    ),
  },
} as const

function asciiDomain(name: string): string | undefined {
  const ascii = domainToASCII(name.trim().toLowerCase())
  return domain.test(ascii) ? ascii : undefined
}
