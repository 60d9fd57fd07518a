import type { Client } from '@pocket/core'
import type { Context } from 'koa'
import { formText, formTexts } from '../http/form.ts'
import type { ClientFlash } from './flash.ts'

/** Access to a client as submitted by a form. */
export interface AccessChoice {
  readonly isGroupRestricted: boolean
  readonly groupIds: readonly string[]
}

/** Reads the access choice; a restricted client without groups is open to no one. */
export function accessChoice(ctx: Context): AccessChoice {
  const isGroupRestricted = formText(ctx, 'access') !== 'everybody'
  return { isGroupRestricted, groupIds: isGroupRestricted ? formTexts(ctx, 'groups') : [] }
}

/** The secret that the page was showing. The response shows it again because it cannot be retrieved later. */
export function submittedSecret(ctx: Context, { secrets }: Pick<Client, 'secrets'>): ClientFlash['newSecret'] {
  const [id, value] = [formText(ctx, 'secretId', 50), formText(ctx, 'secret', 100)]
  const stored = secrets.find((secret) => secret.id === id)
  return stored && value.startsWith(stored.prefix) ? { id, value } : null
}
