import type { Context } from 'koa'
import { formText, formTexts } from '../http/form.ts'

/** Reads the access choice; a restricted client without groups is open to no one. */
export function accessChoice(ctx: Context) {
  const isGroupRestricted = formText(ctx, 'access') !== 'everybody'
  return { isGroupRestricted, groupIds: isGroupRestricted ? formTexts(ctx, 'groups') : [] }
}
