import { type AuditSink, noAudit, noOrigin } from './audit/audit-sink.ts'
import { ConfigurationError } from './errors.ts'
import { parseIssuer } from './issuer.ts'
import type { IssuerStore } from './issuer-store.ts'
import type { PocketStores } from './stores.ts'

/** The new issuer, and the stores whose issuer changes. */
export interface IssuerChange {
  /** The new issuer, as in the options of `createPocket`. */
  readonly issuer: string
  readonly stores: Pick<PocketStores, 'issuer' | 'transaction'>
  /** Receives `issuer_changed`, in the transaction of the change. */
  readonly audit?: AuditSink
}

/**
 * Changes the issuer that the stores belong to; only then does `createPocket` accept another one. Stop all providers of these
 * stores before. Relying parties need the new issuer, and passkeys work only if its host name stays the same.
 *
 * @returns the previous issuer; the new one if there was none
 * @throws {ConfigurationError} if the URL cannot be an issuer
 *
 * @example
 * ```ts
 * await changeIssuer({ issuer: 'https://login.example.com', stores: typeormStores(dataSource) })
 * ```
 */
export async function changeIssuer(change: IssuerChange): Promise<string> {
  const { issuer, stores, audit = noAudit } = change ?? {}
  const missing = issuer === undefined ? 'issuer' : stores === undefined && 'stores'
  if (missing)
    throw new ConfigurationError(`changeIssuer needs ${missing}.`, {
      fields: [{ field: missing, code: 'required', message: 'is required' }],
    })
  const { id: to } = parseIssuer(issuer)
  return stores.transaction(async () => {
    for (;;) {
      const from = await stores.issuer.claim(to)
      if (from === to) return from
      if (!(await stores.issuer.replace(from, to))) continue
      await audit.record({ event: 'issuer_changed', from, to }, noOrigin)
      return from
    }
  })
}

/** @throws {ConfigurationError} if the stores belong to another issuer */
export async function claimIssuer(store: IssuerStore, issuer: string): Promise<void> {
  const stored = await store.claim(issuer)
  if (stored === issuer) return
  const message = `is ${issuer}, but the stored data belongs to ${stored}, the issuer of its clients and passkeys`
  throw new ConfigurationError(
    `The option issuer ${message}. Use ${stored}, or call changeIssuer({ issuer: '${issuer}', stores }) once before.`,
    { fields: [{ field: 'issuer', code: 'contradiction', message }] },
  )
}
