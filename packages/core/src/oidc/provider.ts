import type Provider from 'oidc-provider'
import type { ConnectionRecorder } from '../connection-log/connection-log.ts'
import { hashAccessTokens } from './access-token-hash.ts'
import { type AdjustConfiguration, instanceOf } from './adjusted-configuration.ts'
import { joinLoginScopes } from './api-access-tokens.ts'
import { tellChosenClaims } from './claim-overrides.ts'
import { type ClientOverridePorts, overrideClientChecks } from './client-overrides.ts'
import { type ConfigurationPorts, providerConfiguration } from './configuration.ts'
import { noteConnectionAttempts } from './connection-attempts.ts'
import { type ConsentRecordPorts, recordAuthorizations } from './consent-records.ts'
import { giveUserCodes } from './device-codes.ts'
import { type DocumentsPorts, keepDocuments, type ServeDocument } from './documents.ts'
import { auditEvents, type EventPorts } from './events.ts'
import { type FailedClientPorts, noteFailedClients } from './failed-clients.ts'
import { tellIdTokensApart } from './id-token-claims.ts'
import { acceptEveryAddress } from './internal-addresses.ts'
import { demandCredentials } from './introspection.ts'
import { signLoginAccessTokens } from './login-access-tokens.ts'
import { keepLogoutNotices, type LogoutNoticePorts } from './logout-notices.ts'
import { answerOutages, type OutagePorts } from './outages.ts'
import { keepLanguagesAtLogout } from './post-logout.ts'
import { providerAnswering, type RefreshAnswers } from './refresh-answers.ts'
import { answerRegistrations, type RegistrationAnswerPorts } from './registration/answers.ts'
import { noteFirstUses } from './registration/first-use.ts'
import { decideReplaysByInsert } from './replay-detection.ts'
import { type SessionOverridePorts, saveSessionsAtomically } from './session-overrides.ts'
import { keepInteractionsEnded, rememberStoredPayloads } from './stored-payload.ts'
import { answerUnknownRoutes } from './unknown-routes.ts'
import { explainUnsendableAnswers } from './unsendable-answers.ts'

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
  readonly noteAttempt: ConnectionRecorder['note']
  readonly refreshAnswers: RefreshAnswers
}

/** A Provider, and what answers for its documents. */
export interface BuiltProvider {
  readonly provider: Provider
  readonly serveDocument: ServeDocument
}

/** One Provider for one set of keys. All its state is in the stores, so that another can take its place at any time. */
export function createProvider(ports: ProviderPorts): BuiltProvider {
  const provider = instanceOf({
    issuer: ports.issuer,
    configuration: providerConfiguration(ports),
    adjust: ports.adjustConfiguration,
    Provider: providerAnswering(ports.refreshAnswers),
  })
  // `front.ts` sets the forwarded headers itself, so that they say what the issuer says.
  provider.proxy = true
  answerOutages(provider, ports)
  overrideClientChecks(provider, ports)
  tellChosenClaims(provider)
  rememberStoredPayloads(provider)
  keepInteractionsEnded(provider)
  saveSessionsAtomically(provider, ports)
  decideReplaysByInsert(provider)
  joinLoginScopes(provider)
  signLoginAccessTokens(provider, ports)
  hashAccessTokens(provider)
  tellIdTokensApart(provider)
  if (ports.internalOrigin !== undefined)
    acceptEveryAddress(provider, [new URL(ports.issuer).origin, ports.internalOrigin])
  recordAuthorizations(provider, ports)
  auditEvents(provider, ports)
  giveUserCodes(provider, ports)
  noteConnectionAttempts(provider, ports.noteAttempt)
  noteFailedClients(provider, ports)
  answerUnknownRoutes(provider)
  demandCredentials(provider)
  keepLanguagesAtLogout(provider)
  keepLogoutNotices(provider, ports)
  noteFirstUses(provider, ports)
  answerRegistrations(provider, ports)
  explainUnsendableAnswers(provider, ports)
  return { provider, serveDocument: keepDocuments(provider, ports) }
}
