import type { Client } from '@pocket/core'
import type { Groups } from '@pocket/directory'
import type { Context } from 'koa'
import { offeredGroups } from '../http/choices.ts'
import { formText, formTexts } from '../http/form.ts'
import type { ClientFlash } from './flash.ts'
import type { ClientPage } from './page-model.ts'

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

/** The groups that the page offers, and which of them may use the client. */
export async function groupAccessOf(
  groups: Groups,
  { isGroupRestricted, allowedGroupIds }: Pick<Client, 'isGroupRestricted' | 'allowedGroupIds'>,
): Promise<ClientPage['access']> {
  const { items, total } = await offeredGroups(groups)
  const allowed = new Set(allowedGroupIds)
  const groupItems = items.map(({ id, friendlyName }) => ({ id, name: friendlyName, allowed: allowed.has(id) }))
  return { isGroupRestricted, allowed: allowed.size, groups: groupItems, more: total - items.length }
}
