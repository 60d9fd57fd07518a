import type { Client } from '@pocket/core'
import type { Context } from 'koa'
import { formText, formTexts } from '../http/form.ts'
import type { ClientFlash } from './flash.ts'

/** Who may use a client, as a form says it. */
export interface AccessChoice {
  readonly isGroupRestricted: boolean
  readonly groupIds: readonly string[]
}

/** Who may use it; nobody, as long as nobody has been chosen. */
export function accessChoice(ctx: Context): AccessChoice {
  const isGroupRestricted = formText(ctx, 'access') !== 'everybody'
  return { isGroupRestricted, groupIds: isGroupRestricted ? formTexts(ctx, 'groups') : [] }
}

/** The secret that the page was showing, which this form must not take away: it is in no other place. */
export function secretKept(ctx: Context, { secrets }: Pick<Client, 'secrets'>): ClientFlash['newSecret'] {
  const [id, value] = [formText(ctx, 'secretId', 50), formText(ctx, 'secret', 100)]
  const stored = secrets.find((secret) => secret.id === id)
  return stored && value.startsWith(stored.prefix) ? { id, value } : null
}
