import { noAudit } from '../audit/audit-sink.ts'
import { systemClock } from '../clock.ts'
import { Misconfigured } from '../errors.ts'
import { issuerUrl, relatedOrigins } from '../issuer.ts'
import { createLimiter, type Limiter, noLimits } from '../limits/limiter.ts'
import { defaultKeySchedule } from '../oidc/keys.ts'
import type { PocketOptions, RegistrationPolicy } from '../options.ts'
import { createPublicFetch } from '../outbound/public-fetch.ts'
import { defaultPasskeyPolicy } from '../passkeys/policy.ts'

const closedRegistration: RegistrationPolicy = { mode: 'off', restrictToGroups: false, documentPatterns: [] }

/** The options as they hold: checked, and with a value wherever none was given. */
export type SettledOptions = ReturnType<typeof settleOptions>

/** @throws {Misconfigured} for an issuer, a related origin or a leeway that cannot be */
export function settleOptions(options: PocketOptions) {
  const issuer = issuerUrl(options.issuer)
  const { audit = noAudit, clock = systemClock, refreshLeeway = 3 } = options
  const onError = options.onError ?? ((error: unknown, requestId: string) => console.error(requestId, error))
  if (!(refreshLeeway >= 0 && refreshLeeway <= 10))
    throw new Misconfigured(`A refresh token has a leeway of 0 to 10 seconds, not ${refreshLeeway}.`)
  return {
    ...options,
    audit,
    clock,
    onError,
    refreshLeeway,
    issuer,
    /** The issuer's comes first. */
    origins: [issuer.origin, ...relatedOrigins(options.relatedOrigins ?? [])] as const,
    /** Whether cookies are for https alone. */
    secure: issuer.protocol === 'https:',
    sessionLifetime: options.sessionLifetime ?? (async () => ({ length: 3600, idle: 0 })),
    authorizationDetailsTypes: options.authorizationDetailsTypes ?? {},
    redirectUriPolicy: { allowInsecure: options.allowInsecureRedirectUris ?? true },
    registration: options.registration ?? (async () => closedRegistration),
    passkeyPolicy: options.passkeyPolicy ?? (async () => defaultPasskeyPolicy),
    keySchedule: options.keySchedule ?? defaultKeySchedule,
    fetch: options.fetch ?? createPublicFetch(),
    webFingerDomains: options.webFingerDomains ?? (() => []),
    signUpAt: options.signUpAt ?? (async () => null),
    emailCodesAt: options.emailCodesAt ?? (async () => null),
    languages: options.languages ?? [],
    otherWaysAt: options.otherWaysAt ?? null,
    limits: limiterOf(options, { audit, clock, onError }),
  }
}

function limiterOf(
  { rateLimits, stores }: PocketOptions,
  ports: Omit<Parameters<typeof createLimiter>[0], 'store'>,
): Limiter {
  return rateLimits === false ? noLimits : createLimiter({ store: stores.limits, ...ports })
}
