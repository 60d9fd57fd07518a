import type { ClientSecret, SecretInput } from '@pocket/core'
import type { Context } from 'koa'
import { formText } from '../http/form.ts'
import type { SecretItem } from './page-model.ts'

const day = 86_400_000
/** Secret lifetimes in milliseconds, by form value. */
const lifetimes: Readonly<Record<string, number>> = { month: 31 * day, halfYear: 183 * day, year: 366 * day }

export function secretLifetime(ctx: Context, now: number): SecretInput {
  const lifetime = lifetimes[formText(ctx, 'lifetime', 20)]
  return lifetime === undefined ? {} : { expiresAt: now + lifetime }
}

/** The secrets as the page shows them; `uses` maps secret IDs to the last use in milliseconds since the Unix epoch. */
export function secretItems(
  secrets: readonly ClientSecret[],
  uses: ReadonlyMap<string, number>,
  now: number,
): readonly SecretItem[] {
  return secrets.map(({ id, prefix, createdAt, expiresAt, serviceToken }) => ({
    id,
    serviceToken: serviceToken ?? null,
    prefix,
    createdAt,
    expiresAt,
    isActive: expiresAt === null || expiresAt > now,
    lastUsedAt: uses.get(id) ?? null,
  }))
}
