import type Provider from 'oidc-provider'
import type { ConnectionRecorder } from '../connection-log/connection-log.ts'
import { hashAccessTokens } from './access-token-hash.ts'
import { type AdjustConfiguration, instanceOf } from './adjusted-configuration.ts'
import { mergeLoginScopes } from './api-access-tokens.ts'
import { releaseChosenClaims } from './claim-overrides.ts'
import { type ClientOverridePorts, overrideClientChecks } from './client-overrides.ts'
import { type ConfigurationPorts, providerConfiguration } from './configuration.ts'
import { recordConnectionAttempts } from './connection-attempts.ts'
import { type ConsentRecordPorts, recordAuthorizations } from './consent-records.ts'
import { generateUserCodes } from './device-codes.ts'
import { type DocumentsPorts, type ServeDocument, serveDocuments } from './documents.ts'
import { auditEvents, type EventPorts } from './events.ts'
import { type FailedClientPorts, recordFailedClients } from './failed-clients.ts'
import { addIdTokenClaims } from './id-token-claims.ts'
import { acceptInternalOrigins } from './internal-addresses.ts'
import { demandCredentials } from './introspection.ts'
import { signLoginAccessTokens } from './login-access-tokens.ts'
import { type LogoutNoticePorts, queueLogoutNotices } from './logout-notices.ts'
import { answerOutages, type OutagePorts } from './outages.ts'
import { preserveLanguageAtLogout } from './post-logout.ts'
import { providerAnswering, type RefreshAnswers } from './refresh-answers.ts'
import { answerRegistrations, type RegistrationAnswerPorts } from './registration/answers.ts'
import { recordFirstUses } from './registration/first-use.ts'
import { detectReplaysAtomically } from './replay-detection.ts'
import { type SessionOverridePorts, saveSessionsAtomically } from './session-overrides.ts'
import { keepInteractionsEnded, rememberStoredPayloads } from './stored-payload.ts'
import { answerUnknownRoutes } from './unknown-routes.ts'
import { explainUnsendableResponses } from './unsendable-responses.ts'

export interface ProviderPorts
  extends ConfigurationPorts,
    EventPorts,
    ConsentRecordPorts,
    DocumentsPorts,
    FailedClientPorts,
    OutagePorts,
    RegistrationAnswerPorts,
    ClientOverridePorts,
    SessionOverridePorts,
    LogoutNoticePorts {
  readonly adjustConfiguration: AdjustConfiguration | undefined
  readonly recordAttempt: ConnectionRecorder['note']
  readonly refreshAnswers: RefreshAnswers
}

/** A Provider and its document handler. */
export interface BuiltProvider {
  readonly provider: Provider
  readonly serveDocument: ServeDocument
}

/** Creates a Provider for one key set. All state is in the stores, so that it can be replaced at any time. */
export function createProvider(ports: ProviderPorts): BuiltProvider {
  const provider = instanceOf({
    issuer: ports.issuer,
    configuration: providerConfiguration(ports),
    adjust: ports.adjustConfiguration,
    Provider: providerAnswering(ports.refreshAnswers),
  })
  // `front.ts` sets the forwarded headers itself, so that they match the issuer.
  provider.proxy = true
  answerOutages(provider, ports)
  overrideClientChecks(provider, ports)
  releaseChosenClaims(provider)
  rememberStoredPayloads(provider)
  keepInteractionsEnded(provider)
  saveSessionsAtomically(provider, ports)
  detectReplaysAtomically(provider)
  mergeLoginScopes(provider)
  signLoginAccessTokens(provider, ports)
  hashAccessTokens(provider)
  addIdTokenClaims(provider)
  if (ports.internalOrigin !== undefined)
    acceptInternalOrigins(provider, [new URL(ports.issuer).origin, ports.internalOrigin])
  recordAuthorizations(provider, ports)
  auditEvents(provider, ports)
  generateUserCodes(provider, ports)
  recordConnectionAttempts(provider, ports.recordAttempt)
  recordFailedClients(provider, ports)
  answerUnknownRoutes(provider)
  demandCredentials(provider)
  preserveLanguageAtLogout(provider)
  queueLogoutNotices(provider, ports)
  recordFirstUses(provider, ports)
  answerRegistrations(provider, ports)
  explainUnsendableResponses(provider, ports)
  return { provider, serveDocument: serveDocuments(provider, ports) }
}
