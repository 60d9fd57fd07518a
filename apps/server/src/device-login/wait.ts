import type { Context } from 'koa'

const longest = 25

/** Maximum long polling time in milliseconds, from `Prefer: wait=SECONDS` (RFC 7240 §4.3), at most 25 s. */
export function waitTime(ctx: Context, usual: number = longest): number {
  const seconds = /(?:^|[,;\s])wait=(\d{1,4})(?:$|[,;\s])/.exec(ctx.get('Prefer'))?.[1]
  return Math.min(seconds === undefined ? usual : Number(seconds), longest) * 1000
}
