import type { Clock } from '@pocket/core'
import type { GeoIpConfig } from '../config/geoip.ts'
import type { OutboundConfig } from '../config/outbound.ts'
import type { JobNote, JobNotes } from '../jobs/page-model.ts'
import { type Repeat, repeatByTimer } from '../jobs/repeat.ts'
import type { Job } from '../jobs/scheduler.ts'
import { messageOf } from '../logging/failure.ts'
import type { Logger } from '../logging/logger.ts'
import { createDatabaseFile, type DatabaseFile, type DatabaseFileOptions } from './database-file.ts'
import { createDownload } from './download.ts'
import { createGeoIp, type GeoIp } from './geoip.ts'
import { createDatabaseRefresh } from './refresh.ts'

/** GeoIP lookups and database refresh. Disposing it stops its background work. */
export interface GeoIpService extends AsyncDisposable {
  readonly geoIp: GeoIp
  readonly jobs: readonly Job[]
  notes(): JobNotes
  /** Whether a download source is configured but no usable database exists. */
  isMissing(): boolean
  /** Starts refreshing the file of this replica: the job may run on another replica with its own disk. */
  start(): void
}

export interface GeoIpServiceOptions {
  readonly config: GeoIpConfig & OutboundConfig
  readonly logger: Logger
  readonly clock: Clock
  readonly repeat?: Repeat
  readonly file?: Pick<DatabaseFileOptions, 'pollInterval' | 'stabilityThreshold'>
  /** Milliseconds that a download may take. */
  readonly timeout?: number
}

const jobName = 'refresh-geoip-database'
/** Milliseconds. */
const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
const renewAfter = 14 * day
const downloadTimeout = 10 * minute
/** Longer than the job's retry interval, so that the job, which reports the result, retries first. */
const retryAfter = hour + 10 * minute

export async function openGeoIpService({
  config,
  logger,
  clock,
  ...options
}: GeoIpServiceOptions): Promise<GeoIpService> {
  const { path, source } = config.geoIp
  const { allowedPrivateHosts, localIpv6Ranges } = config
  const file = createDatabaseFile({ path, logger, ...options.file })
  const limits = { allowedPrivateHosts, localRanges: localIpv6Ranges, timeout: options.timeout ?? downloadTimeout }
  const download = source === null ? null : createDownload({ url: source, ...limits })
  const refresh = createDatabaseRefresh({ file, download, clock })
  const stop = new AbortController()
  let lastRefresh = Promise.resolve()
  let timer: Disposable | undefined
  await file.refresh()

  /** Runs a day after the job would, and a minute after start-up, so that the job comes first. */
  const refreshIfOverdue = async () => {
    if (refresh.failedAt !== null && clock.now() - refresh.failedAt < retryAfter) return
    try {
      await refresh.run(renewAfter + day, stop.signal)
    } catch (err) {
      if (!stop.signal.aborted) logger.warn({ reason: messageOf(err) }, 'The GeoIP database could not be refreshed')
    }
  }

  return {
    geoIp: createGeoIp({ database: () => file.current, localIpv6Ranges }),
    jobs: [{ name: jobName, intervalMs: hour, run: (signal) => refresh.run(renewAfter, signal) }],
    notes: () => ({ [jobName]: noteOf(file, download !== null) }),
    isMissing: () => download !== null && file.current === null,
    start() {
      file.watch()
      timer = (options.repeat ?? repeatByTimer)(minute, () => {
        lastRefresh = lastRefresh.then(refreshIfOverdue)
        return lastRefresh
      })
    },
    async [Symbol.asyncDispose]() {
      timer?.[Symbol.dispose]()
      stop.abort(new Error('The server is stopping'))
      file[Symbol.dispose]()
      await lastRefresh
    },
  }
}

function noteOf({ current: database, failure, path }: DatabaseFile, hasSource: boolean): JobNote {
  if (failure !== null) return { sentence: 'geoIpUnusable', values: { path }, at: null }
  if (database !== null) return { sentence: 'geoIpFrom', values: { type: database.type }, at: database.builtAt }
  return { sentence: hasSource ? 'geoIpMissing' : 'geoIpNone', values: hasSource ? {} : { path }, at: null }
}
