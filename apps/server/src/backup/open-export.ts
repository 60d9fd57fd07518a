import { defaultProtocol } from '@pocket/core/internal'
import type { Snapshot } from '../database/snapshot.ts'
import type { Row } from '../database/table-shape.ts'

type Value = Row[number]
type Convert = (value: Value) => unknown

const time: Convert = (value) => (typeof value === 'number' ? new Date(value).toISOString() : null)
const json: Convert = (value) => (typeof value === 'string' ? JSON.parse(value) : null)
/** A stored client contains only what differs from the defaults. */
const protocol: Convert = (value) => ({ ...defaultProtocol, ...(typeof value === 'string' ? JSON.parse(value) : {}) })
/** WebAuthn Level 3 §5.4.3: the bytes that identify the user to an authenticator. */
const userHandle: Convert = (value) => Buffer.from(String(value)).toString('base64url')
const isMultiDevice: Convert = (value) => value === 'multiDevice'

/** Member of the document, column, and how its value is converted. */
type Field = readonly [name: string, column: string, convert?: Convert]

interface List {
  readonly name: string
  readonly table: string
  readonly fields: readonly Field[]
}

const claimFields: readonly Field[] = [
  ['key', 'key'],
  ['value', 'value'],
]

/** Described in docs/guides/back-up.md. Secrets are left out: only their hashes are stored, or they are encrypted. */
const lists: readonly List[] = [
  {
    name: 'users',
    table: 'pocket_user',
    fields: [
      ['id', 'id'],
      ['userName', 'user_name'],
      ['email', 'email'],
      ['emailVerified', 'email_verified'],
      ['firstName', 'first_name'],
      ['lastName', 'last_name'],
      ['displayName', 'display_name'],
      ['administrator', 'administrator'],
      ['disabled', 'disabled'],
      ['locale', 'locale'],
      ['ldapId', 'ldap_id'],
      ['createdAt', 'created_at', time],
    ],
  },
  { name: 'userClaims', table: 'pocket_user_claim', fields: [['userId', 'user_id'], ...claimFields] },
  {
    name: 'groups',
    table: 'pocket_group',
    fields: [
      ['id', 'id'],
      ['name', 'name'],
      ['friendlyName', 'friendly_name'],
      ['ldapId', 'ldap_id'],
      ['createdAt', 'created_at', time],
    ],
  },
  { name: 'groupClaims', table: 'pocket_group_claim', fields: [['groupId', 'group_id'], ...claimFields] },
  {
    name: 'memberships',
    table: 'pocket_membership',
    fields: [
      ['userId', 'user_id'],
      ['groupId', 'group_id'],
      ['endsAt', 'ends_at', time],
    ],
  },
  {
    name: 'clients',
    table: 'pocket_client',
    fields: [
      ['id', 'id'],
      ['name', 'name'],
      ['description', 'description'],
      ['type', 'client_type'],
      ['launchUrl', 'launch_url'],
      ['redirectUris', 'redirect_uris', json],
      ['postLogoutRedirectUris', 'post_logout_redirect_uris', json],
      ['isPublic', 'is_public'],
      ['pkceRequired', 'pkce_required'],
      ['requiresReauthentication', 'requires_reauthentication'],
      ['requiresPushedAuthorizationRequests', 'requires_pushed_authorization_requests'],
      ['skipConsent', 'skip_consent'],
      ['isGroupRestricted', 'is_group_restricted'],
      ['federatedIdentities', 'federated_identities', json],
      ['accessTokenDurationMinutes', 'access_token_duration_minutes'],
      ['refreshTokenDurationMinutes', 'refresh_token_duration_minutes'],
      ['protocol', 'protocol', protocol],
      ['createdAt', 'created_at', time],
    ],
  },
  {
    name: 'clientGroups',
    table: 'pocket_client_group',
    fields: [
      ['clientId', 'client_id'],
      ['groupId', 'group_id'],
    ],
  },
  {
    name: 'passkeys',
    table: 'pocket_passkey',
    fields: [
      ['userId', 'account_id'],
      ['userHandle', 'account_id', userHandle],
      ['credentialId', 'credential_id'],
      ['publicKey', 'public_key'],
      ['aaguid', 'aaguid'],
      ['transports', 'transports', json],
      ['counter', 'counter'],
      ['userVerified', 'user_verified'],
      ['backupEligible', 'device_type', isMultiDevice],
      ['backedUp', 'backed_up'],
      ['name', 'name'],
      ['createdAt', 'created_at', time],
      ['lastUsedAt', 'last_used_at', time],
    ],
  },
]

export interface OpenExportSource {
  readonly snapshot: Snapshot
  readonly issuer: string
  /** The host name to which the passkeys are bound. */
  readonly rpId: string
  readonly createdAt: Date
}

/** The parts of a JSON document with people, groups, claims, clients and passkeys, for other programs. */
export async function* writeOpenExport({
  snapshot,
  issuer,
  rpId,
  createdAt,
}: OpenExportSource): AsyncGenerator<string> {
  const head = { format: 'pocket-open-export', version: 1, issuer, rpId, createdAt: createdAt.toISOString() }
  yield JSON.stringify(head).slice(0, -1)
  for (const { name, table: tableName, fields } of lists) {
    yield `,\n${JSON.stringify(name)}: [`
    const table = snapshot.tables.find((each) => each.name === tableName)
    if (table === undefined) throw new TypeError(`There is no table ${tableName}`)
    const positions = fields.map(([, column]) => table.columns.findIndex((each) => each.name === column))
    let separator = '\n'
    for await (const rows of snapshot.rows(table))
      for (const row of rows) {
        yield separator + JSON.stringify(objectOf(row, fields, positions))
        separator = ',\n'
      }
    yield ']'
  }
  yield '}\n'
}

function objectOf(row: Row, fields: readonly Field[], positions: readonly number[]) {
  return Object.fromEntries(
    fields.map(([name, column, convert = (value) => value], index) => {
      const value = row[positions[index] ?? -1]
      if (value === undefined) throw new TypeError(`There is no column ${column}`)
      return [name, convert(value)]
    }),
  )
}
