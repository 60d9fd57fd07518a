import type Provider from 'oidc-provider'
import { createInstance } from './adjusted-configuration.ts'
import { providerConfiguration } from './configuration.ts'
import { recordConnectionAttempts } from './connection-attempts.ts'
import { recordAuthorizations } from './consent-records.ts'
import { generateUserCodes } from './device-codes.ts'
import { type ServeDocument, serveDocuments } from './documents.ts'
import { auditEvents } from './events.ts'
import { recordFailedClients } from './failed-clients.ts'
import { requireCredentials } from './introspection.ts'
import { queueLogoutNotices } from './logout-notices.ts'
import { handleOutages } from './outages.ts'
import { installOverrides } from './overrides/install.ts'
import { createProviderClass } from './overrides/refresh-handler.ts'
import { preserveLanguageAtLogout } from './post-logout.ts'
import type { ProviderContext } from './provider-context.ts'
import { handleRegistrationResponses } from './registration/answers.ts'
import { recordFirstUses } from './registration/first-use.ts'
import { handleUnknownRoutes } from './unknown-routes.ts'
import { explainUnsendableResponses } from './unsendable-responses.ts'

/** A Provider and its document handler. */
export interface BuiltProvider {
  readonly provider: Provider
  readonly serveDocument: ServeDocument
}

/** Creates a Provider for one key set. All state is in the stores, so that it can be replaced at any time. */
export function createProvider(context: ProviderContext): BuiltProvider {
  const provider = createInstance({
    issuer: context.issuer.id,
    configuration: providerConfiguration(context),
    adjust: context.adjustConfiguration,
    Provider: createProviderClass(context.refreshResponses),
  })
  // `front.ts` sets the forwarded headers itself, so that they match the issuer.
  provider.proxy = true
  installOverrides(provider, context)
  queueLogoutNotices(provider, context)
  // Documented listeners and middleware. The first middleware is the outermost: it sees the outages of all others.
  handleOutages(provider, context)
  recordAuthorizations(provider, context)
  auditEvents(provider, context)
  generateUserCodes(provider, context)
  recordConnectionAttempts(provider, context.recordAttempt)
  recordFailedClients(provider, context)
  handleUnknownRoutes(provider)
  requireCredentials(provider)
  preserveLanguageAtLogout(provider)
  recordFirstUses(provider, context)
  handleRegistrationResponses(provider, context)
  explainUnsendableResponses(provider, context)
  return { provider, serveDocument: serveDocuments(provider, context) }
}
