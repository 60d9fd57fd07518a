import type { Middleware } from 'koa'
import { configuredOrigin } from '../http/own-origin.ts'
import { requestContext } from '../http/request-context.ts'
import { createConsent } from '../interactions/consent.ts'
import { createLogin } from '../interactions/login.ts'
import { createInteractionPages } from '../interactions/pages.ts'
import { interactionRoutes } from '../interactions/routes.ts'
import type { ClientServices } from './client-services.ts'
import type { Engine } from './engine.ts'
import type { UserServices } from './people-services.ts'
import type { ResolvedOptions } from './resolved-options.ts'

/** Creates the interaction pages of oidc-provider. */
export function createInteractions(
  options: ResolvedOptions,
  { apiAccess }: ClientServices,
  { holder, getStartUrl }: Engine,
  { sessions, signIn, signUp, mailedCodes }: UserServices,
): Middleware {
  const { audit, clock, render, origins, stores } = options
  const { accounts, consents } = stores
  const provider = holder.current
  const consent = createConsent({
    authorizationDetailsTypes: options.authorizationDetailsTypes,
    provider,
    sessions,
    before: options.before,
    audit,
    clock,
    accounts,
    getHostClaims: options.claimsOfHost,
    makeClaims: options.makeClaims,
    consents,
    apiAccess,
  })
  return interactionRoutes({
    provider,
    login: createLogin({ provider, sessions, signIn }),
    consent,
    pages: createInteractionPages({
      provider,
      consent,
      requestPasskey: signIn.request,
      accounts,
      sessions,
      mountPath: options.issuer.path,
      otherMethodsUrl: options.otherMethodsUrl,
      signUpUrl: options.signUpUrl,
      emailCodesUrl: options.emailCodesUrl,
      builtInMethods: options.builtInMethods,
    }),
    methods: { builtInMethods: options.builtInMethods, signIn, signUp, mailedCodes },
    render,
    audit,
    clock,
    onError: options.onError,
    originOf: (req) => configuredOrigin(req, origins),
    getStartUrl,
    async signOut({ req, res }, uid) {
      const accountId = await sessions.endByUid(req, res, uid)
      if (accountId) await audit.record({ event: 'signed_out', accountId }, requestContext(req))
    },
  })
}
