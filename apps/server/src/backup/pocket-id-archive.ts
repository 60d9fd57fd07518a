import { ArchiveError } from '../database/staged-database.ts'

/** The archive is one of Pocket ID. */
export class PocketIdArchiveError extends ArchiveError {
  constructor() {
    super('This looks like an archive of Pocket ID.')
  }
}
