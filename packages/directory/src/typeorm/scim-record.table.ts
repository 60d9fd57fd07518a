import { columns, defineTable } from '@pocket/core/internal/sql'
import type { ScimRecord } from '../scim/record-store.ts'

const { hash, primary, text, uuid, varchar } = columns

export const scimRecordTable = defineTable<ScimRecord>('pocket_scim_record', {
  columns: {
    providerId: primary(uuid),
    kind: primary(varchar(5)),
    localId: primary(uuid),
    remoteId: text,
    state: varchar(7),
    name: text,
    remoteName: text,
    sentFingerprint: { ...hash, name: 'sent' },
    storedFingerprint: { ...hash, name: 'kept' },
  },
  indices: [{ name: 'pocket_scim_record_state', columns: ['providerId', 'state', 'name'] }],
})
