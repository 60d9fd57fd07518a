import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPostgresOfRun } from '../postgres.ts'
import { startRunFolder } from '../run-folder.ts'
import { keepForTeardown } from './global-teardown.ts'

// Jest takes it from the default export only.
export default async function globalSetup(): Promise<void> {
  // Every process of the run inherits it: what one has compiled the next need not, as long as the source is the same.
  process.env.NODE_COMPILE_CACHE ??= join(tmpdir(), 'pocket-test-compiled')
  keepForTeardown(await startRunFolder())
  keepForTeardown(await startPostgresOfRun())
}
