import type { Context } from 'koa'

/** A readiness check; rejects on failure, with a message that is safe to publish. */
export type Check = () => Promise<void>

export interface ReadinessDeps {
  /** By the names in the response. */
  readonly checks: Readonly<Record<string, Check>>
  /** Checks that this process serves without: their failure is `degraded`. */
  readonly optional?: Readonly<Record<string, () => boolean>>
  /** Whether this process is about to stop, so that it must get no more requests. */
  readonly isStopping?: () => boolean
  /** Receives the reason for a failed check. */
  readonly onFailure: (name: string, error: unknown) => void
  /** Milliseconds; default: two seconds, longer than any check takes. */
  readonly maxWait?: number
}

type Outcome = 'ok' | 'degraded' | 'failed'

/** Several systems send probes; they share a result for this time, in milliseconds. */
const cacheDuration = 1000

/** `/livez`: this process responds, regardless of its dependencies. */
export async function liveness(ctx: Context): Promise<void> {
  ctx.set('Cache-Control', 'no-store')
  ctx.body = { status: 'ok' }
}

/** `/readyz`: 200 if this process is operational, if only in part, 503 with the names of the failed checks, or 503 while it stops. */
export function readiness({
  checks,
  optional = {},
  isStopping = () => false,
  onFailure,
  maxWait = 2000,
}: ReadinessDeps) {
  let latest: { readonly startedAt: number; readonly outcomes: Promise<Record<string, Outcome>> } | undefined

  const runCheck = async (name: string, check: Check): Promise<Outcome> => {
    const timeout = Promise.withResolvers<never>()
    const timer = setTimeout(() => timeout.reject(new Error(`no response within ${maxWait} ms`)), maxWait)
    try {
      await Promise.race([timeout.promise, check()])
      return 'ok'
    } catch (error) {
      onFailure(name, error)
      return 'failed'
    } finally {
      clearTimeout(timer)
    }
  }
  const run = async (): Promise<Record<string, Outcome>> => ({
    ...Object.fromEntries(
      await Promise.all(
        Object.entries(checks).map(async ([name, check]) => [name, await runCheck(name, check)] as const),
      ),
    ),
    ...Object.fromEntries(
      Object.entries(optional).map(([name, isOk]) => [name, isOk() ? ('ok' as const) : ('degraded' as const)]),
    ),
  })

  return async (ctx: Context): Promise<void> => {
    ctx.set('Cache-Control', 'no-store')
    if (isStopping()) {
      ctx.status = 503
      ctx.body = { status: 'stopping', checks: {} }
      return
    }
    const now = performance.now()
    if (latest === undefined || now - latest.startedAt >= cacheDuration) latest = { startedAt: now, outcomes: run() }
    const outcomes = await latest.outcomes
    const has = (searched: Outcome) => Object.values(outcomes).includes(searched)
    const status = has('failed') ? 'failed' : has('degraded') ? 'degraded' : 'ok'
    ctx.status = status === 'failed' ? 503 : 200
    ctx.body = { status, checks: outcomes }
  }
}
