import { columns } from '@pocket/core/internal/sql'
import { EntitySchema } from 'typeorm'
import type { ScimRecord } from '../scim/record-store.ts'

const { hash, text, uuid, varchar } = columns

export const scimRecordTable: EntitySchema<ScimRecord> = new EntitySchema<ScimRecord>({
  name: 'pocket_scim_record',
  tableName: 'pocket_scim_record',
  columns: {
    providerId: { ...uuid, name: 'provider_id', primary: true },
    kind: { ...varchar(5), primary: true },
    localId: { ...uuid, name: 'local_id', primary: true },
    remoteId: { ...text, name: 'remote_id' },
    state: varchar(7),
    name: text,
    remoteName: { ...text, name: 'remote_name' },
    sentFingerprint: { ...hash, name: 'sent' },
    storedFingerprint: { ...hash, name: 'kept' },
  },
  indices: [{ name: 'pocket_scim_record_state', columns: ['providerId', 'state', 'name'] }],
})
