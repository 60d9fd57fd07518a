import type { Context } from 'koa'

const maxSeconds = 25

/** Maximum long polling time in milliseconds, from `Prefer: wait=SECONDS` (RFC 7240 §4.3), at most 25 s. */
export function waitTime(ctx: Context, defaultSeconds: number = maxSeconds): number {
  const seconds = /(?:^|[,;\s])wait=(\d{1,4})(?:$|[,;\s])/.exec(ctx.get('Prefer'))?.[1]
  return Math.min(seconds === undefined ? defaultSeconds : Number(seconds), maxSeconds) * 1000
}
