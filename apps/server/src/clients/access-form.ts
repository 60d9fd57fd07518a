import type { Context } from 'koa'
import { formText, formTexts } from '../http/form.ts'
import type { ClientTemplate } from './templates/template.ts'

/** Who may use a client, as a form says it. */
export interface AccessChoice {
  readonly isGroupRestricted: boolean
  readonly groupIds: readonly string[]
}

/**
 * Whether a new client is for members of groups, and so for nobody until somebody chooses them. A NAS knows its people
 * itself, and is set up by whoever wants to get in next.
 */
export function isRestrictedAtFirst(template: Pick<ClientTemplate, 'id'> | null): boolean {
  return template?.id !== 'synology-dsm'
}

export function accessChoice(ctx: Context, otherwise: boolean): AccessChoice {
  const access = formText(ctx, 'access')
  const isGroupRestricted = access === '' ? otherwise : access !== 'everybody'
  return { isGroupRestricted, groupIds: isGroupRestricted ? formTexts(ctx, 'groups') : [] }
}
