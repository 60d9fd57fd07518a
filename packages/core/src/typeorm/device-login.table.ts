import { EntitySchema } from 'typeorm'
import type { StoredDeviceLogin } from '../codes/device-login-store.ts'
import { bigint, hash, uuid, varchar } from './columns.ts'

export const deviceLoginTable: EntitySchema<StoredDeviceLogin> = new EntitySchema<StoredDeviceLogin>({
  name: 'pocket_device_login',
  tableName: 'pocket_device_login',
  columns: {
    id: { ...uuid, primary: true },
    tokenHash: { ...hash, name: 'token_hash' },
    codeHash: { ...hash, name: 'code_hash' },
    ipAddress: { ...varchar(64), name: 'ip_address', nullable: true },
    userAgent: { ...varchar(512), name: 'user_agent', nullable: true },
    status: varchar(10),
    accountId: { ...varchar(255), name: 'account_id', nullable: true },
    sessionUid: { ...varchar(255), name: 'session_uid', nullable: true },
    expiresAt: { ...bigint, name: 'expires_at' },
  },
  indices: [
    { name: 'pocket_device_login_code', columns: ['codeHash'], unique: true },
    { name: 'pocket_device_login_expiry', columns: ['expiresAt'] },
  ],
})
