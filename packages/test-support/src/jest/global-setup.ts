import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startRunPostgres } from '../postgres.ts'
import { startRunFolder } from '../run-folder.ts'
import { disposeAtTeardown } from './global-teardown.ts'

// Jest requires a default export.
export default async function globalSetup(): Promise<void> {
  // All processes of the run inherit the variable and share compiled code while the source is unchanged.
  process.env.NODE_COMPILE_CACHE ??= join(tmpdir(), 'pocket-test-compiled')
  disposeAtTeardown(await startRunFolder())
  disposeAtTeardown(await startRunPostgres())
}
