import { wordSetting } from './word.ts'

export const passkeyAttestation = wordSetting(
  'PASSKEY_ATTESTATION',
  ['none', 'required'],
  'Whether a new passkey has to prove its model by an attestation that the FIDO Metadata Service vouches for (`required`). Synced passkeys cannot.',
)
