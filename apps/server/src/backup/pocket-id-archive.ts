import { ArchiveError } from '../database/staged-database.ts'

export class PocketIdArchiveError extends ArchiveError {
  constructor() {
    super('This looks like an archive of Pocket ID.')
  }
}
