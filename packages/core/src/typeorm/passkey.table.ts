import type { Passkey } from '../passkeys/passkey.ts'
import { bigint, boolean, json, nullable, primary, text, uuid, varchar } from './columns.ts'
import { defineTable } from './define-table.ts'

export const passkeyTable = defineTable<Passkey>('pocket_passkey', {
  columns: {
    id: primary(uuid),
    accountId: varchar(255),
    // Up to 1023 bytes (WebAuthn Level 3 §4).
    credentialId: varchar(1364),
    // The length of a host name (RFC 1035 §2.3.4).
    rpId: nullable(varchar(253)),
    publicKey: text,
    counter: bigint,
    transports: json,
    aaguid: uuid,
    deviceType: varchar(20),
    backedUp: boolean,
    userVerified: nullable(boolean),
    attachment: nullable(varchar(20)),
    attestation: nullable(varchar(32)),
    attestedAt: nullable(bigint),
    device: nullable(text),
    counterRegressedAt: nullable(bigint),
    name: text,
    createdAt: bigint,
    lastUsedAt: nullable(bigint),
  },
  indices: [
    { name: 'pocket_passkey_credential', columns: ['credentialId'], unique: true },
    { name: 'pocket_passkey_account', columns: ['accountId', 'backedUp'] },
    { name: 'pocket_passkey_verified', columns: ['userVerified'] },
  ],
})
