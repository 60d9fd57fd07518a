import { InvalidArgumentError } from 'commander'
import type { Resource } from './resource.ts'

/** `undefined` if the text is not a whole number, because JSON has no `NaN`. */
export function wholeNumber(text: string): number | undefined {
  return /^-?\d{1,15}$/.test(text) ? Number(text) : undefined
}

function parseMinutes(text: string): number {
  const minutes = wholeNumber(text)
  if (minutes === undefined) throw new InvalidArgumentError('it must be a whole number')
  return minutes
}

export const users: Resource = {
  command: 'users',
  noun: 'user',
  plural: 'users',
  singular: 'a user',
  path: '/api/users',
  names: ['username', 'email'],
  columns: {
    USERNAME: ({ username }) => username,
    NAME: ({ displayName }) => displayName,
    EMAIL: ({ email }) => email,
    ADMIN: ({ isAdmin }) => isAdmin,
    DISABLED: ({ disabled }) => disabled,
    ID: ({ id }) => id,
  },
  fields: [
    { flags: '--username <name>', key: 'username', description: 'user name' },
    { flags: '--email <address>', key: 'email', description: 'e-mail address' },
    { flags: '--email-verified', key: 'emailVerified', description: 'the e-mail address is verified' },
    { flags: '--first-name <name>', key: 'firstName', description: 'first name' },
    { flags: '--last-name <name>', key: 'lastName', description: 'last name' },
    { flags: '--display-name <name>', key: 'displayName', description: 'display name' },
    { flags: '--admin', key: 'isAdmin', description: 'make the user an administrator' },
    { flags: '--locale <tag>', key: 'locale', description: 'language, for example de' },
  ],
  kept: ['disabled'],
  deletion: 'Passkeys, sessions and tokens are deleted too.',
  examples: [
    'users list --search ada',
    'users show ada --json',
    'users create --username ada --email ada@example.com --first-name Ada',
    'users update ada --locale de',
    'users delete ada',
    'users enable ada',
    'users disable ada',
    'users reset-passkeys ada',
    'users set-groups ada family admins',
  ],
}

export const groups: Resource = {
  command: 'groups',
  noun: 'group',
  plural: 'groups',
  singular: 'a group',
  path: '/api/user-groups',
  names: ['name'],
  columns: {
    NAME: ({ name }) => name,
    'DISPLAY NAME': ({ friendlyName }) => friendlyName,
    MEMBERS: ({ userCount }) => userCount,
    ID: ({ id }) => id,
  },
  fields: [
    { flags: '--name <name>', key: 'name', description: 'name in the groups claim' },
    { flags: '--display-name <name>', key: 'friendlyName', description: 'display name' },
    { flags: '--two-passkeys', key: 'requiresTwoPasskeys', description: 'members need two passkeys' },
  ],
  deletion: 'Its members lose the access that it gives.',
  examples: [
    'groups list --search family',
    'groups show family --json',
    'groups create --name family --display-name Family',
    'groups update family --display-name "Our family"',
    'groups delete family',
    'groups add-members family ada tim',
    'groups remove-members family tim',
  ],
}

export const clients: Resource = {
  command: 'clients',
  noun: 'client',
  plural: 'clients',
  singular: 'a client',
  path: '/api/oidc/clients',
  names: ['name'],
  columns: {
    NAME: ({ name }) => name,
    'CALLBACK URLS': ({ callbackURLs }) => callbackURLs,
    PUBLIC: ({ isPublic }) => isPublic,
    RESTRICTED: ({ isGroupRestricted }) => isGroupRestricted,
    ID: ({ id }) => id,
  },
  fields: [
    { flags: '--id <id>', key: 'id', description: 'client ID (default: a UUID)', on: 'create' },
    { flags: '--name <name>', key: 'name', description: 'name' },
    { flags: '--description <text>', key: 'description', description: 'description' },
    { flags: '--callback-url <url...>', key: 'callbackURLs', description: 'redirect URIs' },
    { flags: '--logout-callback-url <url...>', key: 'logoutCallbackURLs', description: 'post-logout redirect URIs' },
    { flags: '--launch-url <url>', key: 'launchURL', description: 'URL that opens the application' },
    { flags: '--public', key: 'isPublic', description: 'a client without a secret' },
    { flags: '--pkce', key: 'pkceEnabled', description: 'require PKCE' },
    { flags: '--skip-consent', key: 'skipConsent', description: 'show no consent page' },
    { flags: '--reauthenticate', key: 'requiresReauthentication', description: 'ask for the passkey at each sign-in' },
    {
      flags: '--pushed-requests',
      key: 'requiresPushedAuthorizationRequests',
      description: 'require pushed authorization requests',
    },
    {
      flags: '--access-token-minutes <minutes>',
      key: 'accessTokenDurationMinutes',
      description: 'lifetime of access tokens',
      parse: parseMinutes,
    },
    {
      flags: '--refresh-token-minutes <minutes>',
      key: 'refreshTokenDurationMinutes',
      description: 'lifetime of refresh tokens',
      parse: parseMinutes,
    },
    { flags: '--restricted', key: 'isGroupRestricted', description: 'only for members of the allowed groups' },
  ],
  kept: ['credentials'],
  deletion: 'Its applications can no longer sign anybody in.',
  examples: [
    'clients list --search jellyfin',
    'clients show Jellyfin --json',
    'clients update Jellyfin --launch-url https://media.example.com',
    'clients delete Jellyfin',
    'clients create --name Jellyfin --callback-url https://media.example.com/sso/OID/redirect/pocket',
    'clients new-secret Jellyfin',
    'clients allow-groups Jellyfin family',
  ],
}

export const apis: Resource = {
  command: 'apis',
  noun: 'api',
  plural: 'APIs',
  singular: 'an API',
  path: '/api/apis',
  names: ['resource', 'name'],
  columns: {
    NAME: ({ name }) => name,
    RESOURCE: ({ resource }) => resource,
    TOKENS: ({ accessTokenFormat }) => accessTokenFormat,
    ID: ({ id }) => id,
  },
  fields: [
    { flags: '--name <name>', key: 'name', description: 'name' },
    { flags: '--resource <uri>', key: 'resource', description: 'resource indicator (RFC 8707)', on: 'create' },
    { flags: '--token-format <format>', key: 'accessTokenFormat', description: 'jwt or opaque' },
    {
      flags: '--token-minutes <minutes>',
      key: 'accessTokenDurationMinutes',
      description: 'lifetime of access tokens',
      parse: parseMinutes,
    },
  ],
  kept: ['resourceServerClientIds'],
  deletion: 'Its permissions and grants are deleted too.',
  examples: [
    'apis list --search photos',
    'apis show Photos --json',
    'apis create --name Photos --resource https://photos.example.com',
    'apis update Photos --name "Our photos"',
    'apis delete Photos',
  ],
}
