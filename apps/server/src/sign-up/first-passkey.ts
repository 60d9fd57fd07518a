import type { Context } from 'koa'
import type { Flashes } from '../http/flash.ts'
import { appsPath } from '../http/paths.ts'

/** The page that greets a user with a first passkey and no other destination. */
export function welcomePath(ctx: Context, flashes: Flashes): string {
  flashes.set(ctx, appsPath, { done: 'first_passkey' })
  return appsPath
}
