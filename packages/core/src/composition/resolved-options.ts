import { guardAccounts } from '../accounts/host-accounts.ts'
import { noAudit } from '../audit/audit-sink.ts'
import { createAccessChecks, getBuiltInRules } from '../clients/access-checks.ts'
import { createClaimMaker, createHostClaimsReader } from '../clients/claim-maker.ts'
import { defaultProtocol, signingAlgorithms } from '../clients/protocol.ts'
import type { ClientRegistrationPolicy } from '../clients/registration-policy.ts'
import { systemClock } from '../clock.ts'
import { ConfigurationError } from '../errors.ts'
import { englishSiteTexts } from '../forward-auth/site-page.ts'
import { createAuditedHook, createAuditWithHook, createBeforeHooks } from '../hooks.ts'
import { callHost } from '../host-rule.ts'
import { toTrustProxy } from '../http/trust-proxy.ts'
import type { CompletedSignIn } from '../interactions/after-sign-in.ts'
import { cookieSuffix, parseIssuer, relatedOrigins } from '../issuer.ts'
import { createLimiter, noLimits, type RateLimiter } from '../limits/limiter.ts'
import { ExternalKey } from '../oidc/external-keys.ts'
import { defaultKeySchedule } from '../oidc/keys.ts'
import type { RefusedRedirectUri } from '../oidc/pages.ts'
import { createSubjectFunction } from '../oidc/pairwise.ts'
import type { PocketOptions } from '../options.ts'
import { createPublicFetch } from '../outbound/public-fetch.ts'
import { defaultPasskeyPolicy } from '../passkeys/policy.ts'
import { isUsableAt } from '../passkeys/rp-id.ts'
import { optionProblems, resultProblem, toMasterKey } from './check-options.ts'
import { createPages } from './pages.ts'

const closedRegistration: ClientRegistrationPolicy = { mode: 'off', restrictToGroups: false, documentPatterns: [] }

/** Validated options with defaults. */
export type ResolvedOptions = ReturnType<typeof resolveOptions>

/** @throws {ConfigurationError} whose `fields` contain all invalid options */
export function resolveOptions(options: PocketOptions) {
  const fields = optionProblems(options)
  if (fields.length > 0)
    throw new ConfigurationError(
      `The options are invalid. ${fields.map(({ field, message }) => `${field}: ${message}`).join('. ')}`,
      { fields },
    )
  const { pages = {}, passkeys = {}, protocol = {}, signingKeys = {}, hooks = {}, limits = {} } = options
  const issuer = parseIssuer(options.issuer)
  const { clock = systemClock, name = issuer.hostname, mailer, cookiePrefix = 'pocket_' } = options
  const { hookTimeout = 10_000 } = limits
  const onError = options.onError ?? ((error: unknown, requestId: string) => console.error(requestId, error))
  const audit = createAuditWithHook(options.audit ?? noAudit, hooks.after, onError)
  const masterKey = toMasterKey(options.masterKey)
  const before = createBeforeHooks(hooks.before ?? {}, hookTimeout)
  /** An option that is a value, or a function that returns the current value. */
  const toReader = <Value>(path: string, option: Value | (() => Value | Promise<Value>)): (() => Promise<Value>) => {
    if (typeof option !== 'function') return async () => option
    // The cast is safe: no such option has a function as its value.
    const run = option as () => Value | Promise<Value>
    return () => callHost({ option: path, run, problemOf: (value) => resultProblem(path, value), hookTimeout })
  }
  const getHostClaims = createHostClaimsReader(options.claims, hookTimeout)
  return {
    ...createPages({ name, mountPath: issuer.path, render: pages.render, hookTimeout, onError }),
    name,
    mailer,
    trustProxy: toTrustProxy(options.trustProxy),
    masterKey,
    stores: { ...options.stores, accounts: guardAccounts(options.accounts, hookTimeout) },
    getHostClaims,
    makeClaims: createClaimMaker(getHostClaims, createSubjectFunction(masterKey)),
    before,
    audited: createAuditedHook(before, audit),
    hookTimeout,
    runAccessChecks: createAccessChecks(hooks.accessChecks ?? {}, hookTimeout),
    builtInRules: getBuiltInRules(hooks.accessChecks ?? {}),
    onClientRemoved: hooks.onClientRemoved,
    onClientRenamed: hooks.onClientRenamed,
    audit,
    clock,
    onError,
    issuer,
    /** The issuer's origin comes first. */
    origins: [issuer.origin, ...relatedOrigins(options.relatedOrigins ?? [])] as const,
    cookieName: (cookie: string) => `${cookiePrefix}${cookie}${cookieSuffix(issuer.path)}`,
    /** Whether cookies get the `Secure` attribute. */
    secure: issuer.protocol === 'https:',
    sessionLifetime: toReader('sessionLifetime', options.sessionLifetime ?? { length: 3600, idle: 0 }),
    authorizationDetailsTypes: protocol.authorizationDetailsTypes ?? {},
    redirectUriPolicy: { allowInsecure: protocol.allowInsecureRedirectUris ?? true },
    allowImplicit: protocol.allowImplicit ?? false,
    signingAlgorithm: () =>
      callHost({
        option: 'protocol.signingAlgorithm',
        run: protocol.signingAlgorithm ?? (() => defaultProtocol.idTokenSignedResponseAlg),
        problemOf: (algorithm) =>
          signingAlgorithms.includes(algorithm) ? undefined : `it must be one of ${signingAlgorithms.join(', ')}`,
        hookTimeout,
      }),
    registrationPolicy: toReader('protocol.clientRegistration', protocol.clientRegistration ?? closedRegistration),
    refreshLeeway: protocol.refreshTokenLeeway ?? 3,
    configuration: protocol.configuration,
    internalOrigin: protocol.internalOrigin,
    fetch: protocol.fetch ?? createPublicFetch(),
    webFingerDomains: toReader('protocol.webFingerDomains', protocol.webFingerDomains ?? []),
    passkeyPolicy: toReader(
      'passkeys.policy',
      typeof passkeys.policy === 'function' ? passkeys.policy : { ...defaultPasskeyPolicy, ...passkeys.policy },
    ),
    countPasskeys: async (accountId: string) =>
      (await options.stores.passkeys.listByAccount(accountId)).filter(isUsableAt(issuer)).length,
    readAuthenticatorMetadata: passkeys.readAuthenticatorMetadata,
    externalKeys: (signingKeys.external ?? []).map((key) => new ExternalKey(key, hookTimeout)),
    keySchedule: signingKeys.schedule ?? defaultKeySchedule,
    signUpUrl: toReader('pages.signUpUrl', pages.signUpUrl ?? null),
    emailCodesUrl: toReader('pages.emailCodesUrl', pages.emailCodesUrl ?? null),
    afterSignInUrl: (signIn: CompletedSignIn) =>
      callHost({
        option: 'pages.afterSignInUrl',
        run: async () => {
          const url = (await pages.afterSignInUrl?.(signIn)) ?? null
          // An empty URL would be that of the sign-in page, which has ended.
          return url === '' ? null : url
        },
        problemOf: (url) => (url === null || typeof url === 'string' ? undefined : 'it must be a string or null'),
        hookTimeout,
      }),
    languages: pages.languages ?? [],
    siteTexts: pages.siteTexts ?? englishSiteTexts,
    loginPath:
      pages.loginPath === undefined && pages.otherMethodsUrl === undefined ? '/login' : (pages.loginPath ?? null),
    otherMethodsUrl: pages.otherMethodsUrl ?? null,
    signOutUrl: pages.signOutUrl === undefined ? undefined : issuer.id + pages.signOutUrl,
    redirectUriRemedy: (refused: RefusedRedirectUri) =>
      callHost({
        option: 'pages.redirectUriRemedy',
        run: async () => (await pages.redirectUriRemedy?.(refused)) ?? undefined,
        problemOf: (remedy) =>
          remedy === undefined || Array.isArray(remedy.registered) ? undefined : 'it must have the list registered',
        hookTimeout,
      }),
    builtInMethods: {
      code: pages.otherMethodsUrl === undefined,
      mail: pages.emailCodesUrl === undefined && mailer !== undefined,
      signUp: pages.signUpUrl === undefined && typeof options.accounts.register === 'function',
    },
    limits: createRateLimiter(limits.rateLimiter, { store: options.stores.limits, audit, clock, onError }),
  }
}

function createRateLimiter(
  option: RateLimiter | false | undefined,
  ports: Parameters<typeof createLimiter>[0],
): RateLimiter {
  return option === false ? noLimits : (option ?? createLimiter(ports))
}
