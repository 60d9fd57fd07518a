import { describe, expect, test } from '@jest/globals'
import type { AccessRow } from '../../src/access/access-row.ts'
import { accessTable } from '../../src/access/access-table.ts'
import type { SessionRequirement } from '../../src/access/session-requirements.ts'

const rows: readonly (readonly [string, AccessRow])[] = [...accessTable]
const isChange = (route: string) => !route.startsWith('GET ')

/** The minimum session requirements of the routes that match; `recent` also meets `recent-15-minutes`. */
const rules: readonly (readonly [string, RegExp, readonly SessionRequirement[]])[] = [
  ['creating or renewing an API key', /^POST \/(api|settings)\/api-keys(\/:id\/renew)?$/, ['passkey', 'recent']],
  [
    'creating or removing recovery codes',
    /^(POST|DELETE) .*(recovery-codes|break-glass-code)(\/remove)?$/,
    ['passkey', 'recent'],
  ],
  [
    'adding a passkey',
    /^(GET|POST) .*(register\/start|add-passkey\/options|account\/passkeys\/options)$/,
    ['add-passkey'],
  ],
  [
    'removing a passkey, or what was created with it',
    /^(POST|DELETE) .*(passkeys\/:(passkeyId|id)\/remove|credentials\/:(credentialI|i)d|withdraw)$(?<!apps\/:id\/withdraw)/,
    ['recent'],
  ],
  ['deleting one’s own account', /^(DELETE \/api\/users\/me|POST \/settings\/account\/remove)$/, ['recent']],
  [
    'creating a login code or an invitation for another person',
    /^POST \/api\/users\/:id\/(one-time-access|invitation)/,
    ['passkey', 'recent-15-minutes'],
  ],
  ['creating a sign-in link for another person', /^POST .*\/sign-in-link/, ['recent']],
  ['changing the profile of another person', /^(PUT \/api|POST \/settings\/admin)\/users\/:id$/, ['passkey']],
  ['approving another device', /^POST \/api\/device-login\/verification/, ['passkey']],
  [
    'creating invitations, and showing the links',
    /^(POST \/api\/signup-tokens|(GET|POST) \/settings\/admin\/invitations)$/,
    ['passkey'],
  ],
  [
    'creating and changing a client, with its redirect URIs',
    /^(POST|PUT) .*\/(clients(\/:id)?|oidc-clients\/(new|:id\/(settings|known|compatibility)))$(?<!:id\/clients)(?<!scim)/,
    ['passkey', 'recent-15-minutes'],
  ],
  [
    'adding a redirect URI or a secret of a client, and removing a secret',
    /^(POST .*clients\/:id\/(redirect-uris|secrets?|service-tokens)|.* .*clients\/:id\/secrets\/:secretId(\/remove)?)$/,
    ['passkey', 'recent'],
  ],
  [
    'testing a client, and the page that shows a new secret',
    /^(GET .*oidc-clients\/new|POST .*:id\/test)$/,
    ['passkey'],
  ],
  [
    'deleting a client, and changing which groups can use it',
    /^(DELETE \/api\/oidc\/clients\/:id|(PUT|POST) .*(allowed-user-groups|oidc-clients\/(bulk|:id\/(access|remove))))$/,
    ['recent-15-minutes'],
  ],
  [
    'changing a group or its clients',
    /^(PUT|POST) .*user-groups\/(bulk|:id(\/allowed-oidc-clients|\/clients)?)$/,
    ['recent-15-minutes'],
  ],
  ['creating a token for registering clients', /^POST .*initial-access-tokens$/, ['passkey']],
  ['rotating the signing keys', /^POST .*signing-keys(\/rotate)?$/, ['recent']],
  [
    'changing settings',
    /^((PUT|POST) .*application-configuration(\/:section)?|PATCH \/api\/settings)$/,
    ['recent-15-minutes'],
  ],
  [
    'changing a picture of the instance, a client or another person',
    /(application-images\/[^:]+|application-configuration\/(logo|favicon|background-image|images\/:name(\/remove)?)|clients\/:id\/logo(\/address|\/remove)?|users\/:id\/(profile-)?picture(\/remove)?)$(?<!^GET \/api.*)/,
    ['recent-15-minutes'],
  ],
  ['changing the passkey policy', /^POST \/settings\/admin\/passkeys$/, ['recent']],
  [
    'importing from LDAP, and linking users and groups with it',
    /^(POST|PUT|DELETE) .*(ldap-link|sync-ldap|unlink-ldap|ldap\/(sync|run|link|link-group))$/,
    ['recent'],
  ],
  ['downloading a backup', /^POST .*backups\/download$/, ['recent']],
  ['fetching the archive of a backup', /^GET .*backups\/archive$/, ['passkey']],
]

const meetsSession = ({ session }: AccessRow, needed: SessionRequirement) =>
  session.includes(needed) || (needed === 'recent-15-minutes' && session.includes('recent'))

describe('a session', () => {
  test.each(rules)('needs its strength for %s', (_, pattern, needed) => {
    const matching = rows.filter(([route]) => pattern.test(route))
    expect(matching).not.toEqual([])
    const weak = matching.filter(([, row]) => !needed.every((requirement) => meetsSession(row, requirement)))
    expect(weak.map(([route]) => route)).toEqual([])
  })

  test('needs it for no route without a rule', () => {
    const bare = rows.filter(
      ([route, { session }]) => session.length > 0 && !rules.some(([, pattern]) => pattern.test(route)),
    )
    expect(bare.map(([route]) => route)).toEqual([])
  })
})

test('only administrators open the administration, and only signed-in people the settings', () => {
  const weak = rows.filter(
    ([route, { caller }]) =>
      (/ \/settings\/admin(\/|$)/.test(route) && caller !== 'administrator') ||
      (/ \/settings\//.test(route) && caller === 'anyone'),
  )
  expect(weak.map(([route]) => route)).toEqual([])
})

test('an API key needs a scope for writing to change something', () => {
  const weak = rows.filter(
    ([route, { scopes }]) => isChange(route) && scopes !== null && !scopes.some((scope) => scope.startsWith('write:')),
  )
  expect(weak.map(([route]) => route)).toEqual([])
})

test('an API key needs `read:users` to read the tokens, clients and requests of users at a client', () => {
  const shown =
    /^GET \/api\/oidc\/(clients\/:id\/(preview\/:userId|site-test|connection-log)|users\/:id\/authorized-clients)$/
  const matching = rows.filter(([route]) => shown.test(route))
  expect(matching).toHaveLength(4)
  for (const [route, { scopes }] of matching) expect([route, scopes]).toEqual([route, ['read:clients', 'read:users']])
})

test('changes of another person are protected if that person is an administrator', () => {
  /** They change no right of the person. */
  const harmless = /\/(recovery(\/stop)?|picture(\/remove)?|profile-picture)$/
  /** Their session is always recent. */
  const recent = /\/(sign-in-link(\/send)?|unlink-ldap|passkeys\/.*)$/
  const weak = rows.filter(
    ([route, { conditions }]) =>
      isChange(route) &&
      / \/(api|settings\/admin|api\/custom-claims)\/users?\/:(id|userId)/.test(route) &&
      !harmless.test(route) &&
      !recent.test(route) &&
      !conditions.includes('administrator'),
  )
  expect(weak.map(([route]) => route)).toEqual([])
})
