import type { IncomingMessage } from 'node:http'
import type { Context } from 'koa'

export type Ping = () => Promise<void>

const maxWait = 2000

export interface HealthDeps {
  readonly ping: Ping
  /** The response to a request of this server to itself; `undefined` to other requests. */
  readonly answerProbe: (request: IncomingMessage) => object | undefined
}

/** `/healthz`: 204 if this server is operational, 503 if its database is unavailable. */
export function healthCheck({ ping, answerProbe }: HealthDeps) {
  return async (ctx: Context): Promise<void> => {
    ctx.set('Cache-Control', 'no-store')
    const answer = answerProbe(ctx.req)
    if (answer) {
      ctx.body = answer
      return
    }
    ctx.status = (await respondsInTime(ping)) ? 204 : 503
    if (ctx.status === 503) ctx.body = { error: 'The database does not respond.' }
  }
}

async function respondsInTime(ping: Ping): Promise<boolean> {
  const { promise: timeout, resolve } = Promise.withResolvers<boolean>()
  const timer = setTimeout(() => resolve(false), maxWait)
  try {
    return await Promise.race([timeout, ping().then(() => true)])
  } catch {
    // The database logs the reason; the health check only reports the failure.
    return false
  } finally {
    clearTimeout(timer)
  }
}
