import { type AuditSink, requestContext } from '@pocket/core'
import type { User } from '@pocket/directory'
import type { Context } from 'koa'
import { canReadSecrets } from './guard.ts'

/** Replaces a secret in responses; sent back, it keeps the secret. */
export const mask = 'XXXXXXXXXX'

export interface SecretsRead {
  readonly fields: readonly string[]
  readonly clientId?: string
}

/**
 * Whether the response may contain these secrets. Records the read, or names the masked fields in the header `Pocket-Masked`, so that
 * a program can tell a mask from a secret.
 */
export async function showsSecrets(
  { user, ctx }: { readonly user: Pick<User, 'id'>; readonly ctx: Context },
  audit: AuditSink,
  { fields, clientId }: SecretsRead,
): Promise<boolean> {
  if (fields.length === 0) return true
  const isAllowed = canReadSecrets(ctx)
  if (isAllowed) {
    const event = { event: 'secrets_read', fields, ...(clientId !== undefined && { clientId }), by: user.id } as const
    await audit.record(event, requestContext(ctx.req))
  } else {
    ctx.append('Pocket-Masked', fields.join(', '))
  }
  return isAllowed
}
