import { startPostgresOfRun } from '../postgres.ts'
import { keepForTeardown } from './global-teardown.ts'

// Jest takes it from the default export only.
export default async function globalSetup(): Promise<void> {
  keepForTeardown(await startPostgresOfRun())
}
