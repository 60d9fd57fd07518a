import { ArchiveError } from '../database/staged-database.ts'

/** The archive was created by Pocket ID. */
export class PocketIdArchiveError extends ArchiveError {
  constructor() {
    super('This looks like an archive of Pocket ID.')
  }
}
