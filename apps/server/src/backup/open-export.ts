import { defaultProtocol } from '@pocket/core/internal'
import type { JSONSchema } from 'json-schema-to-ts'
import type { Snapshot } from '../database/snapshot.ts'
import type { Row, TableShape } from '../database/table-shape.ts'
import type { ShowProgress } from './write-archive.ts'

type Value = Row[number]

/** How a column is converted, and the JSON Schema of the result. */
interface Kind {
  readonly schema: JSONSchema
  readonly convert?: (value: Value) => unknown
}

const text: Kind = { schema: { type: 'string' } }
const optionalText: Kind = { schema: { type: ['string', 'null'] } }
const flag: Kind = { schema: { type: 'boolean' } }
const integer: Kind = { schema: { type: 'integer' } }
const optionalInteger: Kind = { schema: { type: ['integer', 'null'] } }
const optionalFlag: Kind = { schema: { type: ['boolean', 'null'] } }
/** A column in which `null` is `false`. */
const setFlag: Kind = { ...flag, convert: (value) => value === true }
const base64url: Kind = { schema: { type: 'string', pattern: '^[A-Za-z0-9_-]*$' } }
const instant = (value: Value) => (typeof value === 'number' ? new Date(value).toISOString() : null)
const time: Kind = { schema: { type: 'string', format: 'date-time' }, convert: instant }
const optionalTime: Kind = { schema: { type: ['string', 'null'], format: 'date-time' }, convert: instant }
const json = (value: Value) => (typeof value === 'string' ? JSON.parse(value) : null)
const texts: Kind = { schema: { type: 'array', items: { type: 'string' } }, convert: json }
const identities: Kind = { schema: { type: 'array', items: { type: 'object' } }, convert: json }
const protocol: Kind = {
  schema: { type: 'object', description: 'As `protocol` of a client in the REST API.' },
  // A stored client contains only values that differ from the defaults.
  convert: (value) => ({ ...defaultProtocol, ...(typeof value === 'string' ? JSON.parse(value) : {}) }),
}
const userHandle: Kind = {
  ...base64url,
  // WebAuthn Level 3 §5.4.3: the bytes that identify the user to an authenticator.
  convert: (value) => Buffer.from(String(value)).toString('base64url'),
}
const isMultiDevice: Kind = { ...flag, convert: (value) => value === 'multiDevice' }

/** Member of the document, column, and its kind. */
type Field = readonly [name: string, column: string, kind: Kind]

const claimFields: readonly Field[] = [
  ['key', 'key', text],
  ['value', 'value', text],
]

const openExportFormat = 'pocket-open-export'

/** Described in docs/guides/backup.md. Secrets are left out: only their hashes are stored, or they are encrypted. */
const lists: readonly { readonly name: string; readonly table: string; readonly fields: readonly Field[] }[] = [
  {
    name: 'users',
    table: 'pocket_user',
    fields: [
      ['id', 'id', text],
      ['userName', 'user_name', text],
      ['email', 'email', optionalText],
      ['emailVerified', 'email_verified', flag],
      ['firstName', 'first_name', text],
      ['lastName', 'last_name', text],
      ['displayName', 'display_name', text],
      ['administrator', 'administrator', flag],
      ['disabled', 'disabled', flag],
      ['locale', 'locale', optionalText],
      ['ldapId', 'ldap_id', optionalText],
      ['createdAt', 'created_at', time],
    ],
  },
  { name: 'userClaims', table: 'pocket_user_claim', fields: [['userId', 'user_id', text], ...claimFields] },
  {
    name: 'groups',
    table: 'pocket_group',
    fields: [
      ['id', 'id', text],
      ['name', 'name', text],
      ['friendlyName', 'friendly_name', text],
      ['requiresTwoPasskeys', 'requires_two_passkeys', setFlag],
      ['ldapId', 'ldap_id', optionalText],
      ['createdAt', 'created_at', time],
    ],
  },
  { name: 'groupClaims', table: 'pocket_group_claim', fields: [['groupId', 'group_id', text], ...claimFields] },
  {
    name: 'memberships',
    table: 'pocket_membership',
    fields: [
      ['userId', 'user_id', text],
      ['groupId', 'group_id', text],
      ['endsAt', 'ends_at', optionalTime],
    ],
  },
  {
    name: 'clients',
    table: 'pocket_client',
    fields: [
      ['id', 'id', text],
      ['name', 'name', text],
      ['description', 'description', text],
      ['type', 'client_type', text],
      ['launchUrl', 'launch_url', optionalText],
      ['redirectUris', 'redirect_uris', texts],
      ['postLogoutRedirectUris', 'post_logout_redirect_uris', texts],
      ['isPublic', 'is_public', flag],
      ['pkceRequired', 'pkce_required', flag],
      ['requiresReauthentication', 'requires_reauthentication', flag],
      ['requiresPushedAuthorizationRequests', 'requires_pushed_authorization_requests', flag],
      ['skipConsent', 'skip_consent', flag],
      ['isGroupRestricted', 'is_group_restricted', flag],
      ['federatedIdentities', 'federated_identities', identities],
      ['accessTokenDurationMinutes', 'access_token_duration_minutes', optionalInteger],
      ['refreshTokenDurationMinutes', 'refresh_token_duration_minutes', integer],
      ['protocol', 'protocol', protocol],
      ['createdAt', 'created_at', time],
    ],
  },
  {
    name: 'clientGroups',
    table: 'pocket_client_group',
    fields: [
      ['clientId', 'client_id', text],
      ['groupId', 'group_id', text],
    ],
  },
  {
    name: 'passkeys',
    table: 'pocket_passkey',
    fields: [
      ['userId', 'account_id', text],
      ['userHandle', 'account_id', userHandle],
      ['credentialId', 'credential_id', base64url],
      ['publicKey', 'public_key', base64url],
      ['rpId', 'rp_id', optionalText],
      ['aaguid', 'aaguid', text],
      ['transports', 'transports', texts],
      ['counter', 'counter', integer],
      ['userVerified', 'user_verified', optionalFlag],
      ['backupEligible', 'device_type', isMultiDevice],
      ['backedUp', 'backed_up', flag],
      ['name', 'name', text],
      ['createdAt', 'created_at', time],
      ['lastUsedAt', 'last_used_at', optionalTime],
    ],
  },
]

export interface OpenExportSource {
  readonly snapshot: Snapshot
  readonly issuer: string
  /** The host name that the passkeys are bound to. */
  readonly rpId: string
  readonly createdAt: Date
  readonly showProgress?: ShowProgress | undefined
}

/** The parts of a JSON document with users, groups, claims, clients and passkeys, for other programs. */
export async function* writeOpenExport({
  snapshot,
  issuer,
  rpId,
  createdAt,
  showProgress,
}: OpenExportSource): AsyncGenerator<string> {
  const head = { format: openExportFormat, version: 1, issuer, rpId, createdAt: createdAt.toISOString() }
  yield JSON.stringify(head).slice(0, -1)
  const tables = lists.map(({ table }) => tableOf(snapshot, table))
  const total = showProgress && (await snapshot.count(tables))
  let done = 0
  for (const { name, table: tableName, fields } of lists) {
    yield `,\n${JSON.stringify(name)}: [`
    const table = tableOf(snapshot, tableName)
    const positions = fields.map(([, column]) => table.columns.findIndex((each) => each.name === column))
    let separator = '\n'
    for await (const rows of snapshot.rows(table)) {
      for (const row of rows) {
        yield separator + JSON.stringify(objectOf(row, fields, positions))
        separator = ',\n'
      }
      done += rows.length
      if (total !== undefined) showProgress?.({ subject: 'rows', done, total })
    }
    yield ']'
  }
  yield '}\n'
}

function tableOf({ tables }: Snapshot, name: string): TableShape {
  const table = tables.find((each) => each.name === name)
  if (table === undefined) throw new TypeError(`There is no table ${name}`)
  return table
}

function objectOf(row: Row, fields: readonly Field[], positions: readonly number[]) {
  return Object.fromEntries(
    fields.map(([name, column, { convert = (each: Value) => each }], index) => {
      const value = row[positions[index] ?? -1]
      if (value === undefined) throw new TypeError(`There is no column ${column}`)
      return [name, convert(value)]
    }),
  )
}

export const openExportSchema: Exclude<JSONSchema, boolean> = {
  type: 'object',
  required: ['format', 'version', 'issuer', 'rpId', 'createdAt', ...lists.map(({ name }) => name)],
  properties: {
    format: { const: openExportFormat },
    version: { const: 1 },
    issuer: { type: 'string', format: 'uri' },
    rpId: { type: 'string', description: 'The host name to which passkeys are bound whose own `rpId` is null.' },
    createdAt: { type: 'string', format: 'date-time' },
    ...Object.fromEntries(
      lists.map(({ name, fields }): [string, JSONSchema] => [
        name,
        {
          type: 'array',
          items: {
            type: 'object',
            required: fields.map(([field]) => field),
            properties: Object.fromEntries(fields.map(([field, , { schema }]) => [field, schema])),
          },
        },
      ]),
    ),
  },
}
