import { modelList } from './models.ts'

export const passkeyAllowedModels = modelList(
  'PASSKEY_ALLOWED_MODELS',
  'AAGUIDs of the accepted authenticator models. Empty accepts all. Only an attestation proves a model.',
)

export const passkeyDeniedModels = modelList('PASSKEY_DENIED_MODELS', 'AAGUIDs of rejected authenticator models.')
