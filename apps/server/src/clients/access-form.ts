import type { Context } from 'koa'
import { formText, formTexts } from '../http/form.ts'

export interface AccessChoice {
  readonly isGroupRestricted: boolean
  readonly groupIds: readonly string[]
}

/** Reads the access choice; a restricted client without groups is open to no one. */
export function accessChoice(ctx: Context): AccessChoice {
  const isGroupRestricted = formText(ctx, 'access') !== 'everybody'
  return { isGroupRestricted, groupIds: isGroupRestricted ? formTexts(ctx, 'groups') : [] }
}
