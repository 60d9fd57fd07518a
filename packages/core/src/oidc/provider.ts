import type Provider from 'oidc-provider'
import { createInstance } from './adjusted-configuration.ts'
import { type ResponseStep, runAfterResponse } from './after-response.ts'
import { allowedMethods } from './allowed-methods.ts'
import { adjustAuthorizationRequests } from './authorization-parameters.ts'
import { returnCarriedRequests } from './carried-pushed-requests.ts'
import { providerConfiguration } from './configuration.ts'
import { recordConnectionAttempts } from './connection-attempts.ts'
import { recordAuthorizations } from './consent-records.ts'
import { generateUserCodes } from './device-codes.ts'
import { cacheDocuments, type ServeDocument } from './documents.ts'
import { auditEvents } from './events.ts'
import { recordFailedClients } from './failed-clients.ts'
import { requireCredentials } from './introspection.ts'
import { queueLogoutNotices } from './logout-notices.ts'
import { handleOutages } from './outages.ts'
import { installOverrides } from './overrides/install.ts'
import { createProviderClass } from './overrides/refresh-handler.ts'
import { preserveLanguageAtLogout, redirectRejectedLogouts } from './post-logout.ts'
import type { ProviderContext } from './provider-context.ts'
import { recordFirstUses } from './registration/first-use.ts'
import { handleRegistrationResponses } from './registration/responses.ts'
import { explainUnsendableResponses } from './unsendable-responses.ts'

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
  // `normalize-request.ts` sets the forwarded headers itself, so that they match the issuer.
  provider.proxy = true
  installOverrides(provider, context)
  queueLogoutNotices(provider, context)
  // Documented listeners and middleware. The first middleware is the outermost: it sees the outages of all others.
  handleOutages(provider, context)
  const { batch } = context.stores
  if (batch) provider.use((_ctx, next) => batch(next))
  returnCarriedRequests(provider)
  const documents = cacheDocuments(context)
  runAfterResponse(provider, [
    documents.store,
    recordFirstUses(provider, context),
    redirectRejectedLogouts(context.signOutUrl),
    preserveLanguageAtLogout(provider),
    requireCredentials(),
    respondToUnknownRoutes,
    recordFailedClients(provider, context),
    recordConnectionAttempts(provider, context),
    generateUserCodes(context),
    recordAuthorizations(provider, context),
    // Last, because the audit log contains the records of the authorizations.
    auditEvents(provider, context),
  ])
  adjustAuthorizationRequests(provider, context)
  handleRegistrationResponses(provider, context)
  explainUnsendableResponses(provider, context)
  return { provider, serveDocument: documents.serve }
}

/** Responds with JSON to unsupported methods and unknown paths among the protocol paths. */
const respondToUnknownRoutes: ResponseStep = (ctx) => {
  if (ctx.status !== 404 || ctx.body !== undefined) return
  const allowed = allowedMethods(ctx.path)
  if (allowed !== undefined && !allowed.includes(ctx.method)) {
    ctx.status = 405
    ctx.set('Allow', allowed.join(', '))
    ctx.body = { error: 'invalid_request', error_description: `${ctx.path} allows ${allowed.join(', ')}` }
    return
  }
  ctx.status = 404
  ctx.body = { error: 'not_found', error_description: `${ctx.method} ${ctx.path} does not exist` }
  return
}
