import type Provider from 'oidc-provider'
import type { ConnectionRecorder } from '../connection-log/connection-log.ts'
import { type AdjustConfiguration, createInstance } from './adjusted-configuration.ts'
import { type ConfigurationPorts, providerConfiguration } from './configuration.ts'
import { recordConnectionAttempts } from './connection-attempts.ts'
import { type ConsentRecordPorts, recordAuthorizations } from './consent-records.ts'
import { generateUserCodes } from './device-codes.ts'
import { type DocumentsPorts, type ServeDocument, serveDocuments } from './documents.ts'
import { auditEvents, type EventPorts } from './events.ts'
import { type FailedClientPorts, recordFailedClients } from './failed-clients.ts'
import { requireCredentials } from './introspection.ts'
import { type LogoutNoticePorts, queueLogoutNotices } from './logout-notices.ts'
import { handleOutages, type OutagePorts } from './outages.ts'
import { installOverrides, type OverridePorts } from './overrides/install.ts'
import { createProviderClass } from './overrides/refresh-handler.ts'
import { preserveLanguageAtLogout } from './post-logout.ts'
import type { RefreshResponses } from './refresh-answers.ts'
import { handleRegistrationResponses, type RegistrationResponsePorts } from './registration/answers.ts'
import { recordFirstUses } from './registration/first-use.ts'
import { handleUnknownRoutes } from './unknown-routes.ts'
import { explainUnsendableResponses } from './unsendable-responses.ts'

export interface ProviderPorts
  extends ConfigurationPorts,
    EventPorts,
    ConsentRecordPorts,
    DocumentsPorts,
    FailedClientPorts,
    OutagePorts,
    RegistrationResponsePorts,
    OverridePorts,
    LogoutNoticePorts {
  readonly adjustConfiguration: AdjustConfiguration | undefined
  readonly recordAttempt: ConnectionRecorder['record']
  readonly refreshResponses: RefreshResponses
}

/** A Provider and its document handler. */
export interface BuiltProvider {
  readonly provider: Provider
  readonly serveDocument: ServeDocument
}

/** Creates a Provider for one key set. All state is in the stores, so that it can be replaced at any time. */
export function createProvider(ports: ProviderPorts): BuiltProvider {
  const provider = createInstance({
    issuer: ports.issuer,
    configuration: providerConfiguration(ports),
    adjust: ports.adjustConfiguration,
    Provider: createProviderClass(ports.refreshResponses),
  })
  // `front.ts` sets the forwarded headers itself, so that they match the issuer.
  provider.proxy = true
  installOverrides(provider, ports)
  queueLogoutNotices(provider, ports)
  // Documented listeners and middleware. The first middleware is the outermost: it sees the outages of all others.
  handleOutages(provider, ports)
  recordAuthorizations(provider, ports)
  auditEvents(provider, ports)
  generateUserCodes(provider, ports)
  recordConnectionAttempts(provider, ports.recordAttempt)
  recordFailedClients(provider, ports)
  handleUnknownRoutes(provider)
  requireCredentials(provider)
  preserveLanguageAtLogout(provider)
  recordFirstUses(provider, ports)
  handleRegistrationResponses(provider, ports)
  explainUnsendableResponses(provider, ports)
  return { provider, serveDocument: serveDocuments(provider, ports) }
}
