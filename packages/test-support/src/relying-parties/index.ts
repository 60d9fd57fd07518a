export {
  type Alternative,
  type Application,
  alternativesOf,
  type ClientAuthentication,
  type EntryPoint,
  type IdTokenValidation,
  type LogoutBehavior,
  type Need,
  type ProtocolBehavior,
  type RefreshBehavior,
} from './application.ts'
export { applications } from './applications.ts'
export { type CallbackServer, type ReceivedCallback, startCallbackServer } from './callback-server.ts'
export { EmulatedRelyingParty, type RelyingPartyOptions, type RelyingPartyResult } from './emulated-relying-party.ts'
export type { Check } from './refusal.ts'
export {
  SynologyDsm,
  type SynologyDsmFailure,
  type SynologyDsmOptions,
  type SynologyDsmSignIn,
  synologyDsmFailures,
} from './synology-dsm.ts'
