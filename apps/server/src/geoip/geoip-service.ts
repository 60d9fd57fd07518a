import type { Clock } from '@pocket/core'
import type { Config } from '../config/load.ts'
import type { JobNote, JobNotes } from '../jobs/page-model.ts'
import { type Repeat, repeatByTimer } from '../jobs/repeat.ts'
import type { Job } from '../jobs/scheduler.ts'
import { messageOf } from '../logging/failure.ts'
import type { Logger } from '../logging/logger.ts'
import { createDatabaseFile, type DatabaseFile, type DatabaseFileOptions } from './database-file.ts'
import { createDownload } from './download.ts'
import { createGeoIp, type GeoIp } from './geoip.ts'
import { createDatabaseRefresh } from './refresh.ts'

/** Everything about places. Disposing of it stops what it does by itself. */
export interface GeoIpService extends AsyncDisposable {
  readonly places: GeoIp
  readonly jobs: readonly Job[]
  /** What the database is that is in use, for those who look at the job. */
  notes(): JobNotes
  /** Whether there is somewhere to download from, and nothing that can be used. */
  isMissing(): boolean
  /** Keeps the file of this replica from now on: the job may run in another one, which has a disk of its own. */
  start(): void
}

export interface GeoIpServiceOptions {
  readonly config: Pick<Config, 'places' | 'localIpv6Ranges' | 'allowedPrivateHosts'>
  readonly logger: Logger
  readonly clock: Clock
  readonly repeat?: Repeat
  /** How the file is looked at. */
  readonly file?: Pick<DatabaseFileOptions, 'pollInterval' | 'settle'>
  /** Milliseconds that a download may take. */
  readonly timeout?: number
}

const jobName = 'refresh-places'
/** Milliseconds. */
const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
const renewAfter = 14 * day
const downloadTimeout = 10 * minute
/** So that the job, which says how it went, is the first to try again. */
const retryAfter = hour + 10 * minute

/** Reads the database where there is one. */
export async function openGeoIpService({
  config,
  logger,
  clock,
  ...options
}: GeoIpServiceOptions): Promise<GeoIpService> {
  const { path, source } = config.places
  const { allowedPrivateHosts, localIpv6Ranges } = config
  const file = createDatabaseFile({ path, logger, ...options.file })
  const limits = { allowedPrivateHosts, localRanges: localIpv6Ranges, timeout: options.timeout ?? downloadTimeout }
  const download = source === null ? null : createDownload({ url: source, ...limits })
  const refresh = createDatabaseRefresh({ file, download, clock })
  const stop = new AbortController()
  let keeping = Promise.resolve()
  let timer: Disposable | undefined
  await file.refresh()

  /** The job comes first by a day, or by the minute that passes before this looks for the first time. */
  const keep = async () => {
    if (refresh.failedAt !== null && clock.now() - refresh.failedAt < retryAfter) return
    try {
      await refresh.run(renewAfter + day, stop.signal)
    } catch (err) {
      if (!stop.signal.aborted) logger.warn({ reason: messageOf(err) }, 'The database of places could not be refreshed')
    }
  }

  return {
    places: createGeoIp({ database: () => file.current, localIpv6Ranges }),
    jobs: [{ name: jobName, intervalMs: hour, run: (signal) => refresh.run(renewAfter, signal) }],
    notes: () => ({ [jobName]: noteOf(file, download !== null) }),
    isMissing: () => download !== null && file.current === null,
    start() {
      file.watch()
      timer = (options.repeat ?? repeatByTimer)(minute, () => {
        keeping = keeping.then(keep)
        return keeping
      })
    },
    async [Symbol.asyncDispose]() {
      timer?.[Symbol.dispose]()
      stop.abort(new Error('This server stops'))
      file[Symbol.dispose]()
      await keeping
    },
  }
}

function noteOf({ current: database, failure, path }: DatabaseFile, hasSource: boolean): JobNote {
  if (failure !== null) return { sentence: 'placesUnusable', values: { path }, at: null }
  if (database !== null) return { sentence: 'placesFrom', values: { type: database.type }, at: database.builtAt }
  return { sentence: hasSource ? 'placesMissing' : 'placesNone', values: hasSource ? {} : { path }, at: null }
}
