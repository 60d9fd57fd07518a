import { codeOf } from '../logging/failure.ts'
import { type Finding, type FindingName, findingOf } from './finding.ts'
import { type CertificateDates, type FetchedDocument, getDocument } from './get-document.ts'

export interface AddressResult {
  readonly findings: readonly Finding[]
  /** `null` if unknown. */
  readonly certificate: CertificateDates | null
}

/** Milliseconds. */
const day = 86_400_000
const href = '#server'

/** Reads the discovery document through the public URL, as applications do. */
export async function checkPublicAddress(issuer: string, now: number, signal: AbortSignal): Promise<AddressResult> {
  const { host } = new URL(issuer)
  let document: FetchedDocument
  try {
    document = await getDocument(`${issuer}/.well-known/openid-configuration`, signal)
  } catch (error) {
    return { findings: [connectionFinding(error, host, signal)], certificate: null }
  }
  const { certificate, json } = document
  const findings = [...certificateFindings(certificate, now)]
  if (certificate && !certificate.isTrusted) {
    if (!findings.some(({ name }) => name === 'certificateEnded'))
      findings.push(findingOf('certificateUntrusted', href, { about: host }))
    return { findings, certificate }
  }
  if (typeof json?.issuer !== 'string') findings.push(findingOf('addressOfOther', href, { about: host }))
  else if (json.issuer !== issuer) findings.push(findingOf('issuerDiffers', href, { about: json.issuer.slice(0, 200) }))
  return { findings, certificate }
}

function connectionFinding(error: unknown, host: string, signal: AbortSignal): Finding {
  if (signal.aborted) return findingOf('addressTimeout', href, { about: host })
  const code = codeOf(error) ?? ''
  const names: Readonly<Record<string, FindingName>> = {
    ENOTFOUND: 'addressUnknown',
    EAI_AGAIN: 'addressUnknown',
    ECONNREFUSED: 'addressRefused',
    ETIMEDOUT: 'addressTimeout',
  }
  const name = names[code]
  return name
    ? findingOf(name, href, { about: host })
    : findingOf('addressFailed', href, { about: `${host} (${code})` })
}

/** Browsers read the origins that may use a passkey from the host name of the passkey, at port 443 (WebAuthn Level 3 §5.11). */
export async function checkRelatedOrigins(
  issuer: string,
  origins: readonly string[],
  signal: AbortSignal,
  url = `https://${new URL(issuer).hostname}/.well-known/webauthn`,
): Promise<readonly Finding[]> {
  const rpId = new URL(issuer).hostname
  const related = origins.filter((origin) => !`.${new URL(origin).hostname}`.endsWith(`.${rpId}`))
  if (related.length === 0) return []
  const document = await getDocument(url, signal).catch(() => undefined)
  const listed = document?.json?.origins
  if (!Array.isArray(listed)) return [findingOf('relatedOriginsUnreachable', href, { about: url })]
  return related
    .filter((origin) => !listed.includes(origin))
    .map((origin) => findingOf('relatedOriginMissing', href, { about: origin }))
}

/** Whether the certificate needs attention: short-lived certificates are renewed when a fraction of their lifetime remains. */
export function certificateFindings(certificate: CertificateDates | null, now: number): readonly Finding[] {
  if (certificate === null) return []
  const { host, startsAt, endsAt } = certificate
  const changes = { about: host, at: endsAt }
  if (endsAt <= now) return [findingOf('certificateEnded', '#ends', changes)]
  const isExpiringSoon = endsAt - now < Math.min(7 * day, (endsAt - startsAt) / 4)
  return isExpiringSoon ? [findingOf('certificateEnds', '#ends', { ...changes, severity: 'soon' })] : []
}
