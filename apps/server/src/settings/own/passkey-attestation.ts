import { choiceSetting } from './choice.ts'

export const passkeyAttestation = choiceSetting(
  'PASSKEY_ATTESTATION',
  ['none', 'required'],
  'Whether a new passkey must prove its model with an attestation known to the FIDO Metadata Service (`required`). Synced passkeys cannot.',
)
