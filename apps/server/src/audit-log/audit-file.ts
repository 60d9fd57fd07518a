import { open } from 'node:fs/promises'
import type { SendEntries } from './forwarding.ts'

/** Appends entries to a file, one JSON object for each line. It is opened each time, so that it can be rotated. */
export function fileSender(path: string): SendEntries {
  return async (entries) => {
    await using file = await open(path, 'a', 0o600)
    await file.appendFile(entries.map(({ json }) => `${json}\n`).join(''))
    await file.datasync()
  }
}
