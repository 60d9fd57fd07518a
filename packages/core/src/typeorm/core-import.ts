import type { Api, ApiGrant } from '../apis/api.ts'
import type { Client } from '../clients/client.ts'
import { nameKey } from '../clients/client-list.ts'
import type { StoredCode } from '../codes/code-store.ts'
import type { Consent } from '../consents/consent.ts'
import type { Artifact } from '../oidc/artifact-store.ts'
import type { StoredKey } from '../oidc/key-store.ts'
import type { Passkey } from '../passkeys/passkey.ts'
import { apiGrantTable, apiTable } from './api.table.ts'
import { artifactTable } from './artifact.table.ts'
import { type BulkInsert, bulkInsert } from './bulk-insert.ts'
import { clientGroupTable, clientTable } from './client.table.ts'
import { toStoredClient } from './client-record.ts'
import { codeTable } from './code.table.ts'
import { consentTable } from './consent.table.ts'
import type { Database } from './database.ts'
import { keyTable } from './key.table.ts'
import { passkeyTable } from './passkey.table.ts'

/** Bulk inserts into the empty tables of core. The caller has validated the rows. */
export interface CoreImport {
  readonly passkeys: BulkInsert<Passkey>
  /** Stores the RP ID that all passkeys are bound to. */
  readonly passkeyRpId: (rpId: string) => Promise<void>
  readonly clients: BulkInsert<Client>
  readonly apis: BulkInsert<Api>
  readonly apiGrants: BulkInsert<ApiGrant>
  readonly consents: BulkInsert<Consent>
  readonly codes: BulkInsert<StoredCode>
  readonly keys: BulkInsert<StoredKey>
  readonly artifacts: BulkInsert<Artifact>
}

/** The bulk inserts for a migration from another provider. */
export function coreImport(database: Database): CoreImport {
  const insertClients = bulkInsert(database, clientTable)
  const insertClientGroups = bulkInsert(database, clientGroupTable)
  const insertApis = bulkInsert(database, apiTable)
  return {
    passkeys: bulkInsert(database, passkeyTable),
    passkeyRpId: (rpId) => database.write('UPDATE pocket_passkey SET rp_id = $1', [rpId]),
    async clients(clients) {
      await insertClients(clients.map(toStoredClient))
      await insertClientGroups(
        clients.flatMap(({ id: clientId, allowedGroupIds }) =>
          allowedGroupIds.map((groupId) => ({ clientId, groupId })),
        ),
      )
    },
    apis: (apis) => insertApis(apis.map((api) => ({ ...api, nameKey: nameKey(api.name) }))),
    apiGrants: bulkInsert(database, apiGrantTable),
    consents: bulkInsert(database, consentTable),
    codes: bulkInsert(database, codeTable),
    keys: bulkInsert(database, keyTable),
    artifacts: bulkInsert(database, artifactTable),
  }
}
