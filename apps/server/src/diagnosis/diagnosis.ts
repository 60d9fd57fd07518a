import type { Clock } from '@pocket/core'
import type { Check } from '../http/readiness.ts'
import type { Settings } from '../settings/settings.ts'
import { type Finding, type FindingName, findingOf } from './finding.ts'
import type { ProxyProbe } from './proxy-probe.ts'
import { type AddressResult, checkPublicAddress, checkRelatedOrigins } from './public-address.ts'

export interface DiagnosisDeps {
  readonly issuer: string
  readonly origins: readonly string[]
  readonly checks: Readonly<Record<'database' | 'writable' | 'migrations' | 'keys' | 'disk', Check>>
  /** Passkeys that are bound to another host name than this one. */
  readonly countForeignPasskeys: (rpId: string) => Promise<readonly { readonly rpId: string; readonly count: number }[]>
  /** The clock of the database in milliseconds since the Unix epoch; `null` if it has none. */
  readonly databaseTime: () => Promise<number | null>
  readonly proxyProbe: Pick<ProxyProbe, 'check'>
  readonly settings: Pick<Settings, 'lastKnown'>
  /** Resolves to the reason for the failure; `undefined` if the connection works. */
  readonly testMail: (signal: AbortSignal) => Promise<string | undefined>
  readonly testLdap: () => Promise<string | undefined>
  readonly scimTargets: () => Promise<readonly ScimTargetTest[]>
  readonly clock: Clock
  readonly onFailure: (check: string, error: unknown) => void
}

/** A SCIM target, and a test that resolves to the reason for its failure. */
export interface ScimTargetTest {
  readonly clientId: string
  readonly clientName: string
  test(signal: AbortSignal): Promise<string | undefined>
}

/** Checks of the instance and its surroundings. Disposing it ends running checks. */
export interface Diagnosis extends AsyncDisposable {
  run(): Promise<AddressResult>
  /** The result of the last run; starts one in the background if it is old. */
  lastKnown(): AddressResult
}

/** Milliseconds. */
const maxWait = 5000
const maxAge = 60 * 60_000
/** A repaired problem disappears soon. */
const maxAgeOfProblems = 60_000
const maxClockDifference = 5000
const emailPage = '/settings/admin/application-configuration/email'
const ldapPage = '/settings/admin/ldap'

const findingOfCheck = {
  database: 'databaseFailed',
  writable: 'databaseReadOnly',
  migrations: 'migrationsMissing',
  keys: 'keysUnreadable',
  disk: 'diskFull',
} as const satisfies Record<keyof DiagnosisDeps['checks'], FindingName>

export function createDiagnosis(deps: DiagnosisDeps): Diagnosis {
  const { issuer, origins, checks, databaseTime, proxyProbe, settings, testMail, testLdap, clock, onFailure } = deps
  const { host: ownHost, hostname: ownRpId } = new URL(issuer)
  const stop = new AbortController()
  let latest: AddressResult = { findings: [], certificate: null }
  let startedAt: number | undefined
  let running: Promise<AddressResult> | undefined

  /** Rejects after the timeout even if the check ignores the signal. */
  const runWithTimeout = async <Result>(check: (signal: AbortSignal) => Promise<Result>): Promise<Result> => {
    const signal = AbortSignal.any([stop.signal, AbortSignal.timeout(maxWait)])
    const aborted = Promise.withResolvers<never>()
    const abort = () => aborted.reject(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    try {
      return await Promise.race([aborted.promise, check(signal)])
    } finally {
      signal.removeEventListener('abort', abort)
    }
  }
  const failureOf = async (name: FindingName, href: string, check: Check): Promise<readonly Finding[]> => {
    try {
      await runWithTimeout(check)
      return []
    } catch (error) {
      if (!stop.signal.aborted) onFailure(name, error)
      return [findingOf(name, href)]
    }
  }
  const checkClock = async (): Promise<readonly Finding[]> => {
    const before = clock.now()
    const time = await runWithTimeout(databaseTime).catch(() => null)
    if (time === null) return []
    const difference = Math.max(before - time, time - clock.now())
    if (difference <= maxClockDifference) return []
    return [findingOf('clockDiffers', '#server', { about: `${Math.round(difference / 1000)} s` })]
  }
  const checkService = async (name: FindingName, href: string, host: string, test: DiagnosisDeps['testMail']) => {
    const reason = await runWithTimeout(test).catch(() => 'ETIMEDOUT')
    return reason === undefined ? [] : [findingOf(name, href, { about: `${host} (${reason})` })]
  }
  const checkScimTarget = async ({ clientId, clientName, test }: ScimTargetTest): Promise<readonly Finding[]> => {
    const reason = await runWithTimeout(test).catch(() => 'timeout')
    if (reason === undefined) return []
    const name = reason === 'unauthorized' || reason === 'forbidden' ? 'scimTokenRefused' : 'scimUnusable'
    const href = `/settings/admin/oidc-clients/${encodeURIComponent(clientId)}/scim`
    return [findingOf(name, href, { about: `${clientName} (${reason})` })]
  }
  const checkScim = async (): Promise<readonly Finding[]> => {
    const targets = await runWithTimeout(deps.scimTargets).catch(() => [])
    return (await Promise.all(targets.map(checkScimTarget))).flat()
  }
  const checkPasskeys = async (): Promise<readonly Finding[]> => {
    const foreign = await runWithTimeout(() => deps.countForeignPasskeys(ownRpId)).catch(() => [])
    return foreign.map(({ rpId, count }) => findingOf('passkeysOfOtherHost', '#server', { about: rpId, count }))
  }
  const runChecks = async (): Promise<AddressResult> => {
    const { smtpHost, ldapEnabled, ldapUrl } = await settings.lastKnown()
    const [address, ...others] = await Promise.all([
      runWithTimeout((signal) => checkPublicAddress(issuer, clock.now(), signal)).catch(() => ({
        findings: [findingOf('addressTimeout', '#server', { about: ownHost })],
        certificate: null,
      })),
      runWithTimeout((signal) => checkRelatedOrigins(issuer, origins, signal)).catch(() => []),
      runWithTimeout((signal) => proxyProbe.check(issuer, signal)).catch(() => []),
      ...Object.entries(findingOfCheck).map(([check, name]) =>
        // The cast is safe: the keys of the table are the names of the checks.
        failureOf(name, '#server', checks[check as keyof typeof findingOfCheck]),
      ),
      checkClock(),
      checkPasskeys(),
      smtpHost === '' ? [] : checkService('mailFailed', emailPage, smtpHost, testMail),
      checkScim(),
      ldapEnabled ? checkService('ldapFailed', ldapPage, hostOf(ldapUrl), testLdap) : [],
    ])
    return { certificate: address.certificate, findings: [...address.findings, ...others.flat()] }
  }
  const run = (): Promise<AddressResult> => {
    startedAt = clock.now()
    running ??= runChecks()
      .then((result) => {
        latest = result
        return result
      })
      .finally(() => {
        running = undefined
      })
    return running
  }
  return {
    run,
    lastKnown() {
      const age = startedAt === undefined ? maxAge : clock.now() - startedAt
      if (age < 0 || age >= (latest.findings.length === 0 ? maxAge : maxAgeOfProblems))
        run().catch((error: unknown) => onFailure('diagnosis', error))
      return latest
    },
    async [Symbol.asyncDispose]() {
      stop.abort(new Error('The server is shutting down'))
      await running?.catch(() => {})
    },
  }
}

/** Without the credentials that a URL may contain. */
function hostOf(url: string): string {
  return URL.parse(url)?.host || 'LDAP'
}
