import { modelList } from './models.ts'

export const passkeyAllowedModels = modelList(
  'PASSKEY_ALLOWED_MODELS',
  'The AAGUIDs of the only models of authenticators whose passkeys are accepted. Empty accepts all. Only an attestation proves a model.',
)

export const passkeyDeniedModels = modelList(
  'PASSKEY_DENIED_MODELS',
  'The AAGUIDs of models of authenticators whose passkeys are not accepted.',
)
