import type { Context } from 'koa'

/** One thing that has to be right; rejects, with the reason in words that anybody may read, where it is not. */
export type Check = () => Promise<void>

export interface ReadinessPorts {
  /** By the names that the answer has. */
  readonly checks: Readonly<Record<string, Check>>
  /** Takes why a check failed. */
  readonly onFailure: (name: string, error: unknown) => void
  /** By default two seconds: longer than any check takes. */
  readonly maxWait?: number
}

type Outcome = 'ok' | 'failed'

/** Probes come from several sides; a result serves all that ask within this time, in milliseconds. */
const freshFor = 1000

/** `/livez`: this process answers, whatever its surroundings do. */
export async function liveness(ctx: Context): Promise<void> {
  ctx.set('Cache-Control', 'no-store')
  ctx.body = { status: 'ok' }
}

/** `/readyz`: 200 while this process can do all of its work, 503 with the names of what fails otherwise. */
export function readiness({ checks, onFailure, maxWait = 2000 }: ReadinessPorts) {
  let latest: { readonly since: number; readonly outcomes: Promise<Record<string, Outcome>> } | undefined

  const outcomeOf = async (name: string, check: Check): Promise<Outcome> => {
    const late = Promise.withResolvers<never>()
    const timer = setTimeout(() => late.reject(new Error(`no answer within ${maxWait} ms`)), maxWait)
    try {
      await Promise.race([late.promise, check()])
      return 'ok'
    } catch (error) {
      onFailure(name, error)
      return 'failed'
    } finally {
      clearTimeout(timer)
    }
  }
  const run = async () =>
    Object.fromEntries(
      await Promise.all(
        Object.entries(checks).map(async ([name, check]) => [name, await outcomeOf(name, check)] as const),
      ),
    )

  return async (ctx: Context): Promise<void> => {
    const now = performance.now()
    if (latest === undefined || now - latest.since >= freshFor) latest = { since: now, outcomes: run() }
    const outcomes = await latest.outcomes
    const isReady = Object.values(outcomes).every((outcome) => outcome === 'ok')
    ctx.set('Cache-Control', 'no-store')
    ctx.status = isReady ? 200 : 503
    ctx.body = { status: isReady ? 'ok' : 'failed', checks: outcomes }
  }
}
