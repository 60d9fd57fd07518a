import {
  type MigrationInterface,
  type QueryRunner,
  Table,
  type TableColumnOptions,
  type TableIndexOptions,
} from 'typeorm'

type ColumnType = Omit<TableColumnOptions, 'name'>

const text: ColumnType = { type: 'text' }
const bigint: ColumnType = { type: 'bigint' }
const boolean: ColumnType = { type: 'boolean' }
const uuid: ColumnType = { type: 'varchar', length: '36' }
const hash: ColumnType = { type: 'varchar', length: '43' }
const varchar = (length: number): ColumnType => ({ type: 'varchar', length: String(length) })
const primary = { isPrimary: true }
const nullable = { isNullable: true }

interface TableParts {
  readonly columns: Readonly<Record<string, ColumnType>>
  readonly indices?: TableIndexOptions[]
}

function table(name: string, { columns, indices = [] }: TableParts): Table {
  const named = Object.entries(columns).map(([column, type]) => ({ name: column, ...type }))
  return new Table({ name, columns: named, indices })
}

function indexWhereSet(name: string, column: string): TableIndexOptions {
  return { name, columnNames: [column], where: `${column} IS NOT NULL` }
}

const artifact = table('pocket_artifact', {
  columns: {
    key: { ...hash, ...primary },
    model: varchar(40),
    payload: text,
    grant_id: { ...varchar(255), ...nullable },
    account_id: { ...varchar(255), ...nullable },
    client_id: { ...text, ...nullable },
    uid: { ...varchar(255), ...nullable },
    user_code_hash: { ...hash, ...nullable },
    expires_at: { ...bigint, ...nullable },
    consumed_at: { ...bigint, ...nullable },
  },
  indices: [
    indexWhereSet('pocket_artifact_grant', 'grant_id'),
    indexWhereSet('pocket_artifact_account', 'account_id'),
    indexWhereSet('pocket_artifact_client', 'client_id'),
    indexWhereSet('pocket_artifact_uid', 'uid'),
    indexWhereSet('pocket_artifact_user_code', 'user_code_hash'),
    indexWhereSet('pocket_artifact_expiry', 'expires_at'),
  ],
})

const challenge = table('pocket_challenge', {
  columns: {
    hash: { ...hash, ...primary },
    purpose: varchar(20),
    browser_hash: hash,
    account_id: { ...varchar(255), ...nullable },
    data: { ...text, ...nullable },
    expires_at: bigint,
  },
  indices: [{ name: 'pocket_challenge_expiry', columnNames: ['expires_at'] }],
})

const client = table('pocket_client', {
  columns: {
    id: { ...text, ...primary },
    name: text,
    redirect_uris: text,
    post_logout_redirect_uris: text,
    is_public: boolean,
    pkce_required: boolean,
    secrets: text,
    template: { ...varchar(50), ...nullable },
    created_at: bigint,
    updated_at: bigint,
  },
})

const code = table('pocket_code', {
  columns: { hash: { ...hash, ...primary }, account_id: varchar(255), expires_at: bigint },
  indices: [{ name: 'pocket_code_expiry', columnNames: ['expires_at'] }],
})

const consent = table('pocket_consent', {
  columns: {
    account_id: { ...varchar(255), ...primary },
    client_id: { ...text, ...primary },
    scopes: text,
    created_at: bigint,
    updated_at: bigint,
  },
  indices: [{ name: 'pocket_consent_client', columnNames: ['client_id'] }],
})

const key = table('pocket_key', {
  columns: {
    kid: { ...varchar(100), ...primary },
    algorithm: varchar(20),
    status: varchar(10),
    encrypted_jwk: text,
    status_since: bigint,
  },
  indices: [
    {
      name: 'pocket_key_place',
      columnNames: ['algorithm', 'status'],
      isUnique: true,
      where: "status IN ('next', 'current')",
    },
  ],
})

const passkey = table('pocket_passkey', {
  columns: {
    id: { ...uuid, ...primary },
    account_id: varchar(255),
    credential_id: varchar(1364),
    public_key: text,
    counter: bigint,
    transports: text,
    aaguid: uuid,
    device_type: varchar(20),
    backed_up: boolean,
    name: text,
    created_at: bigint,
    last_used_at: { ...bigint, ...nullable },
  },
  indices: [
    { name: 'pocket_passkey_credential', columnNames: ['credential_id'], isUnique: true },
    { name: 'pocket_passkey_account', columnNames: ['account_id'] },
  ],
})

const tables = [artifact, challenge, client, code, consent, key, passkey]

/** Creates the initial tables of core. */
export class CreateTables1760000000000 implements MigrationInterface {
  readonly name = 'CreateTables1760000000000'

  async up(queryRunner: QueryRunner): Promise<void> {
    // Copies, since TypeORM modifies the given tables.
    for (const each of tables) await queryRunner.createTable(each.clone())
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const { name } of tables.toReversed()) await queryRunner.dropTable(name)
  }
}
