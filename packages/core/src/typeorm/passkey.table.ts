import { EntitySchema } from 'typeorm'
import type { Passkey } from '../passkeys/passkey.ts'
import { bigint, boolean, json, text, uuid, varchar } from './columns.ts'

/** Passkeys. */
export const passkeyTable: EntitySchema<Passkey> = new EntitySchema<Passkey>({
  name: 'pocket_passkey',
  tableName: 'pocket_passkey',
  columns: {
    id: { ...uuid, primary: true },
    accountId: { ...varchar(255), name: 'account_id' },
    // Up to 1023 bytes (WebAuthn Level 3 §4).
    credentialId: { ...varchar(1364), name: 'credential_id' },
    // The length of a host name (RFC 1035 §2.3.4).
    rpId: { ...varchar(253), name: 'rp_id', nullable: true },
    publicKey: { ...text, name: 'public_key' },
    counter: bigint,
    transports: json,
    aaguid: uuid,
    deviceType: { ...varchar(20), name: 'device_type' },
    backedUp: { ...boolean, name: 'backed_up' },
    userVerified: { ...boolean, name: 'user_verified', nullable: true },
    attachment: { ...varchar(20), nullable: true },
    attestation: { ...varchar(32), nullable: true },
    attestedAt: { ...bigint, name: 'attested_at', nullable: true },
    device: { ...text, nullable: true },
    counterRegressedAt: { ...bigint, name: 'counter_regressed_at', nullable: true },
    name: text,
    createdAt: { ...bigint, name: 'created_at' },
    lastUsedAt: { ...bigint, name: 'last_used_at', nullable: true },
  },
  indices: [
    { name: 'pocket_passkey_credential', columns: ['credentialId'], unique: true },
    { name: 'pocket_passkey_account', columns: ['accountId', 'backedUp'] },
    { name: 'pocket_passkey_verified', columns: ['userVerified'] },
  ],
})
