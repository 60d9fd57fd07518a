import { type Stats, unwatchFile, watchFile } from 'node:fs'
import { stat } from 'node:fs/promises'
import { messageOf } from '../logging/failure.ts'
import type { Logger } from '../logging/logger.ts'
import { type GeoIpDatabase, openGeoIpDatabase } from './geoip-database.ts'
import { GeoIpError } from './geoip-error.ts'

/** The database file and its last loaded content. Disposing it stops the file watcher. */
export interface DatabaseFile extends Disposable {
  readonly path: string
  /** `null` if there is no file, or no file has been usable so far. */
  readonly current: GeoIpDatabase | null
  /** Why the current file cannot be used; `null` if it can, or if there is no file. */
  readonly failure: GeoIpError | null
  /** When the file was modified, in milliseconds since the Unix epoch; `null` if there is no file. */
  writtenAt(): Promise<number | null>
  /** Reloads the file if it has changed. An unusable file leaves the previous content in use. */
  refresh(): Promise<void>
  watch(): void
}

export interface DatabaseFileOptions {
  readonly path: string
  readonly logger: Logger
  /** Polling interval in milliseconds; `stabilityThreshold` is how long a file must stay unchanged, because a write may be in progress. */
  readonly pollInterval?: number
  readonly stabilityThreshold?: number
}

export function createDatabaseFile({
  path,
  logger,
  pollInterval = 5000,
  stabilityThreshold = 1000,
}: DatabaseFileOptions): DatabaseFile {
  let current: GeoIpDatabase | null = null
  let failure: GeoIpError | null = null
  let lastIdentity = ''
  let pendingRead = Promise.resolve()
  let timer: NodeJS.Timeout | undefined

  const read = async () => {
    const identity = identityOf(await statIfExists(path))
    if (identity === lastIdentity) return
    lastIdentity = identity
    failure = null
    if (identity === '') {
      current = null
      return
    }
    try {
      current = await openGeoIpDatabase(path)
      logger.info({ type: current.type, builtAt: new Date(current.builtAt) }, 'The GeoIP database was loaded')
    } catch (err) {
      const reason = messageOf(err)
      const kind = err instanceof GeoIpError ? err.code : 'not_readable'
      failure = new GeoIpError(kind, `${path} cannot be used: ${reason}`, err)
      logger.warn({ path, reason }, 'The GeoIP database cannot be used')
    }
  }
  const refresh = () => {
    pendingRead = pendingRead.then(read)
    return pendingRead
  }
  const onChange = (stats: Stats) => {
    clearTimeout(timer)
    timer = setTimeout(async () => {
      const currentStats = await statIfExists(path)
      if (currentStats !== undefined && identityOf(currentStats) !== identityOf(stats)) onChange(currentStats)
      else await refresh()
    }, stabilityThreshold).unref()
  }
  return {
    path,
    get current() {
      return current
    },
    get failure() {
      return failure
    },
    writtenAt: async () => (await statIfExists(path))?.mtimeMs ?? null,
    refresh,
    watch() {
      // Polls, because network file systems do not report changes.
      watchFile(path, { interval: pollInterval, persistent: false }, onChange)
    },
    [Symbol.dispose]() {
      clearTimeout(timer)
      unwatchFile(path, onChange)
    },
  }
}

async function statIfExists(path: string): Promise<Stats | undefined> {
  // A file whose status cannot be read is treated as missing.
  return stat(path).catch(() => undefined)
}

function identityOf(stats: Stats | undefined): string {
  return stats === undefined || !stats.isFile() ? '' : [stats.ino, stats.size, stats.mtimeMs].join(' ')
}
