import { type Stats, unwatchFile, watchFile } from 'node:fs'
import { stat } from 'node:fs/promises'
import { messageOf } from '../logging/failure.ts'
import type { Logger } from '../logging/logger.ts'
import { type GeoIpDatabase, openGeoIpDatabase } from './geoip-database.ts'
import { GeoIpError } from './geoip-error.ts'

/** The file of the database, and what was read from it last. Disposing of it stops the watching. */
export interface DatabaseFile extends Disposable {
  readonly path: string
  /** `null` where there is no file, and until there is one that can be used. */
  readonly current: GeoIpDatabase | null
  /** Why the file that is there now cannot be used; `null` where it can, and where there is none. */
  readonly failure: GeoIpError | null
  /** When the file was written, in milliseconds since the Unix epoch; `null` where there is none. */
  writtenAt(): Promise<number | null>
  /** Reads the file where it is another one than before. One that cannot be used leaves the last one in use. */
  refresh(): Promise<void>
  /** Looks by itself from now on. */
  watch(): void
}

export interface DatabaseFileOptions {
  readonly path: string
  readonly logger: Logger
  /** Milliseconds between two looks; and how long a file has to stay as it is, since it may still be written. */
  readonly pollInterval?: number
  readonly settle?: number
}

export function createDatabaseFile({
  path,
  logger,
  pollInterval = 5000,
  settle = 1000,
}: DatabaseFileOptions): DatabaseFile {
  let current: GeoIpDatabase | null = null
  let failure: GeoIpError | null = null
  let seen = ''
  let reading = Promise.resolve()
  let timer: NodeJS.Timeout | undefined

  const read = async () => {
    const now = identityOf(await statOf(path))
    if (now === seen) return
    seen = now
    failure = null
    if (now === '') {
      current = null
      return
    }
    try {
      current = await openGeoIpDatabase(path)
      logger.info({ type: current.type, builtAt: new Date(current.builtAt) }, 'The database of places was read')
    } catch (err) {
      const reason = messageOf(err)
      const kind = err instanceof GeoIpError ? err.reason : 'not_readable'
      failure = new GeoIpError(kind, `${path} cannot be used: ${reason}`, err)
      logger.warn({ path, reason }, 'The database of places cannot be used')
    }
  }
  const refresh = () => {
    reading = reading.then(read)
    return reading
  }
  const onChange = (stats: Stats) => {
    clearTimeout(timer)
    timer = setTimeout(async () => {
      const now = await statOf(path)
      if (now !== undefined && identityOf(now) !== identityOf(stats)) onChange(now)
      else await refresh()
    }, settle).unref()
  }
  return {
    path,
    get current() {
      return current
    },
    get failure() {
      return failure
    },
    writtenAt: async () => (await statOf(path))?.mtimeMs ?? null,
    refresh,
    watch() {
      // It asks again and again, since file systems of networks tell nobody of a change.
      watchFile(path, { interval: pollInterval, persistent: false }, onChange)
    },
    [Symbol.dispose]() {
      clearTimeout(timer)
      unwatchFile(path, onChange)
    },
  }
}

async function statOf(path: string): Promise<Stats | undefined> {
  // Whatever cannot be looked at is not there.
  return stat(path).catch(() => undefined)
}

function identityOf(stats: Stats | undefined): string {
  return stats === undefined || !stats.isFile() ? '' : [stats.ino, stats.size, stats.mtimeMs].join(' ')
}
