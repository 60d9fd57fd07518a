import type { Context } from 'koa'

/** Whether the database answers. */
export type Ping = () => Promise<void>

const maxWait = 2000

/** `/healthz`: 204 while this server can do its work, 503 while its database is away. */
export function healthCheck(ping: Ping) {
  return async (ctx: Context): Promise<void> => {
    ctx.set('Cache-Control', 'no-store')
    ctx.status = (await respondsInTime(ping)) ? 204 : 503
    if (ctx.status === 503) ctx.body = { error: 'The database does not answer.' }
  }
}

async function respondsInTime(ping: Ping): Promise<boolean> {
  const { promise: tooLate, resolve } = Promise.withResolvers<boolean>()
  const timer = setTimeout(() => resolve(false), maxWait)
  try {
    return await Promise.race([tooLate, ping().then(() => true)])
  } catch {
    // Why it does not answer is the database's own log's business; here it only counts that it does not.
    return false
  } finally {
    clearTimeout(timer)
  }
}
