import type { StoredDeviceLogin } from '../codes/device-login-store.ts'
import { bigint, hash, nullable, primary, uuid, varchar } from './columns.ts'
import { defineTable } from './define-table.ts'

export const deviceLoginTable = defineTable<StoredDeviceLogin>('pocket_device_login', {
  columns: {
    id: primary(uuid),
    tokenHash: hash,
    codeHash: hash,
    ipAddress: nullable(varchar(64)),
    userAgent: nullable(varchar(512)),
    status: varchar(10),
    accountId: nullable(varchar(255)),
    sessionUid: nullable(varchar(255)),
    expiresAt: bigint,
  },
  indices: [
    { name: 'pocket_device_login_code', columns: ['codeHash'], unique: true },
    { name: 'pocket_device_login_expiry', columns: ['expiresAt'] },
  ],
})
