import { randomUUID } from 'node:crypto'
import type { Client, ClientSecret, FederatedIdentity } from '@pocket/core'
import { isJsonObject } from '@pocket/core/internal'
import { isId } from '@pocket/directory/internal'
import type { FindingSubject, ReportCollector } from '../report.ts'
import type { SourceRow } from '../source/tables.ts'
import { hashFromHex, oneLine } from './texts.ts'

type ClientRow = SourceRow<'oidc_clients'>

export function planSecrets(row: ClientRow, report: ReportCollector): Client['secrets'] {
  const { id: clientId, name, credentials } = row
  return [...objectsOf(credentials.secrets), ...legacySecretOf(row)].flatMap((secret): readonly ClientSecret[] => {
    const id = String(secret.id ?? '')
    const subject: FindingSubject = {
      subject: 'client secret',
      id,
      name: `${name || clientId} ${secret.prefix ?? ''}`.trim(),
    }
    report.found('client secret')
    const hash = planHash(secret)
    if (hash === undefined || !isId(id)) {
      report.leftOut(subject, `Its algorithm ${String(secret.alg)} is not known.`)
      return []
    }
    report.migrated('client secret')
    return [
      {
        id,
        ...hash,
        prefix: oneLine(String(secret.prefix ?? ''), 16),
        createdAt: parseTime(secret.createdAt) ?? 0,
        expiresAt: parseTime(secret.expiresAt) ?? null,
      },
    ]
  })
}

/** The single secret of versions before 2.14, in the format of later versions. */
function legacySecretOf({ secret, created_at: createdAt }: ClientRow): readonly Readonly<Record<string, unknown>>[] {
  if (!secret) return []
  return [{ id: randomUUID(), alg: 'bcrypt', hash: secret, createdAt: new Date(createdAt).toISOString() }]
}

function planHash({
  alg,
  hash,
}: Readonly<Record<string, unknown>>): Pick<ClientSecret, 'hash' | 'algorithm'> | undefined {
  if (typeof hash !== 'string') return undefined
  if (alg === 'bcrypt')
    return /^\$2[aby]\$(?:0[4-9]|1[0-4])\$[./A-Za-z0-9]{53}$/.test(hash) ? { hash, algorithm: 'bcrypt' } : undefined
  const sha256 = alg === 'sha256' ? hashFromHex(hash) : undefined
  return sha256 === undefined ? undefined : { hash: sha256 }
}

export function planFederatedIdentities(
  { credentials }: ClientRow,
  changed: (reason: string) => void,
): readonly FederatedIdentity[] {
  return objectsOf(credentials.federatedIdentities).flatMap((identity): readonly FederatedIdentity[] => {
    const { issuer, subject, audience, jwks, replayProtection } = identity
    if (typeof issuer !== 'string' || issuer === '') {
      changed('A federated identity without an issuer was removed.')
      return []
    }
    return [
      {
        issuer,
        subject: textOrNull(subject),
        audience: textOrNull(audience),
        jwks: textOrNull(jwks),
        replayProtection: replayProtection === true,
      },
    ]
  })
}

function objectsOf(list: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(list) ? list.filter(isJsonObject) : []
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}

/** Milliseconds since the Unix epoch. Versions before 2.12 store seconds. */
function parseTime(value: unknown): number | undefined {
  if (typeof value === 'number') return value * 1000
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN
  return Number.isNaN(time) ? undefined : time
}
