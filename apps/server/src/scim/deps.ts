import type { ScimRecordStore } from '@pocket/directory/internal'
import type { ScimProviders } from './providers.ts'
import type { ScimRuns } from './runs.ts'

export interface ScimServices {
  readonly providers: ScimProviders
  readonly runs: ScimRuns
  readonly records: ScimRecordStore
}
