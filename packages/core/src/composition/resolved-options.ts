import { guardAccounts } from '../accounts/host-accounts.ts'
import { noAudit } from '../audit/audit-sink.ts'
import { builtInRulesWith, createAccessChecks } from '../clients/access-checks.ts'
import { createClaimMaker, createClaimsOfHost } from '../clients/claim-maker.ts'
import { systemClock } from '../clock.ts'
import { ConfigurationError } from '../errors.ts'
import { auditBefore, auditedAsking, createBefore } from '../hooks.ts'
import { cookieSuffix, issuerOf, relatedOrigins } from '../issuer.ts'
import { createLimiter, type Limiter, noLimits } from '../limits/limiter.ts'
import { ExternalKey } from '../oidc/external-keys.ts'
import { defaultKeySchedule } from '../oidc/keys.ts'
import { createSubjectOf } from '../oidc/pairwise.ts'
import type { PocketOptions, RegistrationPolicy } from '../options.ts'
import { createPublicFetch } from '../outbound/public-fetch.ts'
import { defaultPasskeyPolicy } from '../passkeys/policy.ts'
import { masterKeyOf, optionProblems } from './check-options.ts'
import { createPages } from './pages.ts'

const closedRegistration: RegistrationPolicy = { mode: 'off', restrictToGroups: false, documentPatterns: [] }

/** Validated options with defaults. */
export type ResolvedOptions = ReturnType<typeof resolveOptions>

/** @throws {ConfigurationError} whose `fields` contain all invalid options */
export function resolveOptions(options: PocketOptions) {
  const fields = optionProblems(options)
  if (fields.length > 0)
    throw new ConfigurationError(
      `The options cannot be used. ${fields.map(({ field, message }) => `${field}: ${message}`).join('. ')}`,
      { fields },
    )
  const issuer = issuerOf(options.issuer)
  const { clock = systemClock, refreshLeeway = 3, name = issuer.hostname, hookTimeout = 10_000 } = options
  const onError = options.onError ?? ((error: unknown, requestId: string) => console.error(requestId, error))
  const audit = auditBefore({ audit: options.audit ?? noAudit, after: options.after, onError })
  const masterKey = masterKeyOf(options.masterKey)
  const before = createBefore(options.before ?? {}, hookTimeout)
  const claimsOfHost = createClaimsOfHost(options.claims, hookTimeout)
  return {
    ...options,
    ...createPages({ name, mountPath: issuer.path, render: options.render, onError }),
    name,
    masterKey,
    stores: { ...options.stores, accounts: guardAccounts(options.stores.accounts, hookTimeout) },
    claimsOfHost,
    makeClaims: createClaimMaker(claimsOfHost, createSubjectOf(masterKey)),
    before,
    audited: auditedAsking(before, audit),
    hookTimeout,
    runAccessChecks: createAccessChecks(options.checks ?? {}, hookTimeout),
    builtInRules: builtInRulesWith(options.checks ?? {}),
    audit,
    clock,
    onError,
    refreshLeeway,
    issuer,
    /** The issuer's origin comes first. */
    origins: [issuer.origin, ...relatedOrigins(options.relatedOrigins ?? [])] as const,
    /** Separates the cookies of several providers on the same host. */
    cookieSuffix: cookieSuffix(issuer.path),
    /** Whether cookies get the `Secure` attribute. */
    secure: issuer.protocol === 'https:',
    sessionLifetime: options.sessionLifetime ?? (async () => ({ length: 3600, idle: 0 })),
    authorizationDetailsTypes: options.authorizationDetailsTypes ?? {},
    redirectUriPolicy: { allowInsecure: options.allowInsecureRedirectUris ?? true },
    allowImplicit: options.allowImplicit ?? false,
    registration: options.registration ?? (async () => closedRegistration),
    passkeyPolicy: options.passkeyPolicy ?? (async () => defaultPasskeyPolicy),
    externalKeys: (options.signingServices ?? []).map((service) => new ExternalKey(service, hookTimeout)),
    keySchedule: options.keySchedule ?? defaultKeySchedule,
    fetch: options.fetch ?? createPublicFetch(),
    webFingerDomains: options.webFingerDomains ?? (() => []),
    signUpUrl: options.signUpUrl ?? (async () => null),
    emailCodesUrl: options.emailCodesUrl ?? (async () => null),
    languages: options.languages ?? [],
    otherMethodsUrl: options.otherMethodsUrl ?? null,
    builtInMethods: {
      code: options.otherMethodsUrl === undefined,
      mail: options.emailCodesUrl === undefined && options.mailer !== undefined,
      signUp: options.signUpUrl === undefined && typeof options.stores.accounts.register === 'function',
    },
    limits: limiterOf(options, { audit, clock, onError }),
  }
}

function limiterOf(
  { limiter, rateLimits, stores }: PocketOptions,
  ports: Omit<Parameters<typeof createLimiter>[0], 'store'>,
): Limiter {
  if (limiter) return limiter
  return rateLimits === false ? noLimits : createLimiter({ store: stores.limits, ...ports })
}
