import { mkdir } from 'node:fs/promises'
import { ConfigurationError } from '@pocket/core/errors'
import { messageOf } from '../logging/failure.ts'

/** Creates the folder with access for this user only. @throws {ConfigurationError} if it is missing and cannot be created */
export async function createDataFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 })
  } catch (cause) {
    throw notWritableError(`The data folder ${path}`, cause)
  }
}

/** Explains how to fix a file or folder that this process cannot write to. */
export function notWritableError(subject: string, cause: unknown): ConfigurationError {
  const user = process.getuid?.()
  const owner = user === undefined ? 'the user that runs this server' : `the user with the ID ${user}`
  return new ConfigurationError(
    `${subject} cannot be written (${messageOf(cause)}). Grant ${owner} write access; in a container, set PUID and PGID.`,
    {
      cause,
    },
  )
}
