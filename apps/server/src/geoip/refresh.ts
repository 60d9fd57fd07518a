import { randomUUID } from 'node:crypto'
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Clock } from '@pocket/core'
import { codeOf } from '../logging/failure.ts'
import type { DatabaseFile } from './database-file.ts'
import type { DownloadDatabase } from './download.ts'
import { openGeoIpDatabase } from './geoip-database.ts'
import { GeoIpError } from './geoip-error.ts'
import { unpack } from './unpack.ts'

export interface DatabaseRefresh {
  /**
   * Downloads if there is no usable database or it is older than this many milliseconds. Does nothing if
   * another process is downloading or no download source is configured.
   *
   * @throws {GeoIpError} if the download fails; without a download source, if the existing file cannot be used
   */
  run(olderThan: number, signal: AbortSignal): Promise<void>
  /** Time of the last failed download of this process, in milliseconds since the Unix epoch. */
  readonly failedAt: number | null
}

export interface DatabaseRefreshOptions {
  readonly file: DatabaseFile
  /** `null` if no download source is configured. */
  readonly download: DownloadDatabase | null
  readonly clock: Clock
}

/** Milliseconds: longer than a download may take. */
const staleAfter = 20 * 60_000
const partSuffix = '.part'

export function createDatabaseRefresh({ file, download, clock }: DatabaseRefreshOptions): DatabaseRefresh {
  const folder = dirname(file.path)
  let failedAt: number | null = null

  const isDue = async (olderThan: number) => {
    // An administrator may have placed a file there manually.
    await file.refresh()
    const writtenAt = await file.writtenAt()
    return writtenAt === null || file.current === null || clock.now() - writtenAt > olderThan
  }
  const replace = async (get: DownloadDatabase, signal: AbortSignal) => {
    await removePartialDownloads(file.path)
    const downloaded = `${file.path}.${randomUUID()}${partSuffix}`
    const database = `${file.path}.${randomUUID()}${partSuffix}`
    try {
      await get(downloaded, signal)
      await unpack(downloaded, database, signal)
      await openGeoIpDatabase(database)
      await rename(database, file.path)
    } finally {
      await Promise.all([downloaded, database].map((path) => rm(path, { force: true })))
    }
    await file.refresh()
  }

  return {
    get failedAt() {
      return failedAt
    },
    async run(olderThan, signal) {
      const isNeeded = await isDue(olderThan)
      if (download === null && file.failure !== null) throw file.failure
      if (download === null || !isNeeded) return
      try {
        await mkdir(folder, { recursive: true })
        await withFileLock(`${file.path}.lock`, staleAfter, async () => {
          // The previous lock holder may have already refreshed it.
          if (await isDue(olderThan)) await replace(download, signal)
        })
        failedAt = null
      } catch (error) {
        failedAt = clock.now()
        if (error instanceof GeoIpError || signal.aborted) throw error
        throw new GeoIpError('not_written', `${file.path} cannot be written (${codeOf(error) ?? 'unknown'}).`, error)
      }
    },
  }
}

async function removePartialDownloads(path: string): Promise<void> {
  const partFiles = (await readdir(dirname(path))).filter(
    (name) => name.startsWith(`${basename(path)}.`) && name.endsWith(partSuffix),
  )
  for (const name of partFiles) {
    const partPath = join(dirname(path), name)
    const stats = await stat(partPath).catch(() => undefined)
    if (stats !== undefined && Date.now() - stats.mtimeMs > staleAfter) await rm(partPath, { force: true })
  }
}

/**
 * Runs `action` unless another process that shares the folder is running it; returns `false` in that case.
 *
 * @param staleMs - milliseconds after which the lock holder is assumed to have crashed
 */
async function withFileLock(path: string, staleMs: number, action: () => Promise<void>): Promise<boolean> {
  if (!(await acquire(path)) && !((await isStale(path, staleMs)) && (await acquireStale(path)))) return false
  try {
    await action()
    return true
  } finally {
    await rm(path, { force: true })
  }
}

async function acquire(path: string): Promise<boolean> {
  try {
    await (await open(path, 'wx')).close()
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}

/** Two concurrent callers may both succeed; that is harmless, because they replace the file atomically. */
async function acquireStale(path: string): Promise<boolean> {
  await rm(path, { force: true })
  return acquire(path)
}

async function isStale(path: string, staleMs: number): Promise<boolean> {
  try {
    return Date.now() - (await stat(path)).mtimeMs > staleMs
  } catch {
    return true
  }
}
