import type Provider from 'oidc-provider'
import type { ConnectionRecorder } from '../connection-log/connection-log.ts'
import { type AdjustConfiguration, instanceOf } from './adjusted-configuration.ts'
import { type ConfigurationPorts, providerConfiguration } from './configuration.ts'
import { recordConnectionAttempts } from './connection-attempts.ts'
import { type ConsentRecordPorts, recordAuthorizations } from './consent-records.ts'
import { generateUserCodes } from './device-codes.ts'
import { type DocumentsPorts, type ServeDocument, serveDocuments } from './documents.ts'
import { auditEvents, type EventPorts } from './events.ts'
import { type FailedClientPorts, recordFailedClients } from './failed-clients.ts'
import { demandCredentials } from './introspection.ts'
import { type LogoutNoticePorts, queueLogoutNotices } from './logout-notices.ts'
import { answerOutages, type OutagePorts } from './outages.ts'
import { installOverrides, type OverridePorts } from './overrides/install.ts'
import { providerAnswering } from './overrides/refresh-handler.ts'
import { preserveLanguageAtLogout } from './post-logout.ts'
import type { RefreshAnswers } from './refresh-answers.ts'
import { answerRegistrations, type RegistrationAnswerPorts } from './registration/answers.ts'
import { recordFirstUses } from './registration/first-use.ts'
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
    OverridePorts,
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
  installOverrides(provider, ports)
  queueLogoutNotices(provider, ports)
  // Documented listeners and middleware. The first middleware is the outermost: it sees the outages of all others.
  answerOutages(provider, ports)
  recordAuthorizations(provider, ports)
  auditEvents(provider, ports)
  generateUserCodes(provider, ports)
  recordConnectionAttempts(provider, ports.recordAttempt)
  recordFailedClients(provider, ports)
  answerUnknownRoutes(provider)
  demandCredentials(provider)
  preserveLanguageAtLogout(provider)
  recordFirstUses(provider, ports)
  answerRegistrations(provider, ports)
  explainUnsendableResponses(provider, ports)
  return { provider, serveDocument: serveDocuments(provider, ports) }
}
