import { setTimeout } from 'node:timers/promises'
import { UnavailableError } from '@pocket/core/errors'
import { isPooled } from '@pocket/core/internal/sql'
import type { Client } from 'pg'
import type { DataSource } from 'typeorm'
import { messageOf } from '../logging/failure.ts'
import type { Logger } from '../logging/logger.ts'
import { connectToPostgres } from './connect.ts'
import {
  checkInterval,
  type InstanceLock,
  type LockMode,
  type LockOptions,
  lockedError,
  lostLockError,
  noticePeriod,
} from './lock.ts'
import { describePostgres } from './postgres-url.ts'

/** "pock" in ASCII; the second half of the lock's ID is the schema, since instances may share a database. */
const lockId = `${0x706f636b}, hashtext(current_schema())`
const tryLock = {
  shared: `SELECT pg_try_advisory_lock_shared(${lockId}) AS locked`,
  exclusive: `SELECT pg_try_advisory_lock(${lockId}) AS locked`,
}
/** For a pooler that assigns a connection for each transaction. */
const tryTransactionLock = {
  shared: `SELECT pg_try_advisory_xact_lock_shared(${lockId}) AS locked`,
  exclusive: `SELECT pg_try_advisory_xact_lock(${lockId}) AS locked`,
}
/** PostgreSQL 14 and later end the session of a holder that is silent for a minute, even if its network has failed. */
const endSilentSession = `SELECT set_config('idle_session_timeout', '60000', false)
  WHERE current_setting('server_version_num')::int >= 140000`
const endSilentTransaction = 'SET LOCAL idle_in_transaction_session_timeout = 60000'
const endOtherSessions = `SELECT pg_terminate_backend(pid) FROM pg_locks
  WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND classid = ${0x706f636b} AND objid::bigint = (hashtext(current_schema())::bigint & 4294967295)
    AND pid <> pg_backend_pid()`

const maxForcedAttempts = 20
/** Milliseconds. */
const forcedPause = 100

interface Listener {
  readonly channel: string
  readonly onNotify: () => void
}

interface Session extends AsyncDisposable {
  /** Rejects if the session, and with it the lock, has ended. */
  ping(): Promise<unknown>
  listen(listener: Listener): Promise<void>
}

export async function lockPostgres(url: string, { mode, force, logger, stop }: LockOptions): Promise<InstanceLock> {
  const description = describePostgres(url)
  const connect = () => connectToPostgres({ url, tables: [], logger, poolSize: 1, ...(stop && { stop }) })
  let session = await lockIn(await connect(), mode, force)
  if (session === undefined) throw lockedError(description, mode)
  const lost = new AbortController()
  const listeners: Listener[] = []
  const lose = () => lost.abort(lostLockError(description))
  const renew = async () => {
    try {
      if (session) return void (await session.ping())
      // The database may have been restarted. Only a shared lock may be taken again, because nothing was replaced under it.
      session = await lockIn(await reconnect(url, logger), mode)
      if (session === undefined) return lose()
      for (const listener of listeners) {
        await session.listen(listener)
        // Notifications may have been lost.
        listener.onNotify()
      }
    } catch (error) {
      logger.warn({ reason: messageOf(error) }, 'The connection that holds the lock of this instance was lost')
      await session?.[Symbol.asyncDispose]()
      session = undefined
      if (mode === 'exclusive') lose()
    }
  }
  let pending: Promise<void> | undefined
  const check = async () => {
    if (lost.signal.aborted) return
    pending ??= renew().finally(() => {
      pending = undefined
    })
    await pending
  }
  const timer = setInterval(() => void check(), checkInterval).unref()
  return {
    lost: lost.signal,
    async assertHeld() {
      await check()
      lost.signal.throwIfAborted()
      if (session === undefined) throw new UnavailableError(`${description} cannot be reached.`)
    },
    async listen(channel, onNotify) {
      const listener = { channel, onNotify }
      listeners.push(listener)
      await session?.listen(listener)
    },
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      await pending
      await session?.[Symbol.asyncDispose]()
    },
  }
}

function reconnect(url: string, logger: Logger): Promise<DataSource> {
  return connectToPostgres({ url, tables: [], logger, poolSize: 1, retryPolicy: { attempts: 1, pause: 0 } })
}

/** Resolves to `undefined` if the lock is held in a conflicting mode. */
async function lockIn(dataSource: DataSource, mode: LockMode, force = false): Promise<Session | undefined> {
  try {
    const runner = dataSource.createQueryRunner()
    const pooled = isPooled(dataSource.options)
    if (pooled) await runner.startTransaction()
    const statement = (pooled ? tryTransactionLock : tryLock)[mode]
    const tryOnce = async () => (await runner.query(statement))[0]?.locked === true
    await runner.query(pooled ? endSilentTransaction : endSilentSession)
    let isLocked = await tryOnce()
    // A holder whose session was ended may be faster.
    for (let attempt = 0; force && !isLocked && attempt < maxForcedAttempts; attempt++) {
      await runner.query(endOtherSessions)
      isLocked = await tryOnce()
      if (isLocked) await setTimeout(noticePeriod)
      else await setTimeout(forcedPause)
    }
    if (isLocked)
      return {
        ping: () => runner.query('SELECT 1'),
        async listen({ channel, onNotify }) {
          // A transaction receives no notifications.
          if (pooled) return
          const client: Client = await runner.connect()
          client.on('notification', (message) => {
            if (message.channel === channel) onNotify()
          })
          await runner.query(`LISTEN ${channel}`)
        },
        async [Symbol.asyncDispose]() {
          // PostgreSQL releases the locks of a closed connection only a moment later. A lost connection holds none.
          const unlock = pooled ? runner.rollbackTransaction() : runner.query('SELECT pg_advisory_unlock_all()')
          await unlock.catch(() => undefined)
          await dataSource.destroy()
        },
      }
  } catch (error) {
    await dataSource.destroy()
    throw error
  }
  await dataSource.destroy()
  return undefined
}
