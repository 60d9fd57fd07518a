import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { getCompileCacheDir } from 'node:module'
import { dirname, join } from 'node:path'

/** Removes the compiled code of other releases (`NODE_COMPILE_CACHE`), because Node never does: the files of each release have other names. */
export async function pruneCompileCache(version: string): Promise<void> {
  const ownFolder = getCompileCacheDir()
  if (ownFolder === undefined) return
  const cache = dirname(ownFolder)
  const release = join(cache, 'release')
  try {
    if ((await readFile(release, 'utf8').catch(() => undefined)) === version) return
    for (const name of await readdir(cache)) {
      const folder = join(cache, name)
      // Node writes into its folder when the process ends, and does not create it again.
      if (folder === ownFolder)
        for (const file of await readdir(folder)) await rm(join(folder, file), { recursive: true, force: true })
      else if (/^v\d+\.\d+\.\d+-/.test(name)) await rm(folder, { recursive: true, force: true })
    }
    await writeFile(release, version)
  } catch {
    // A folder that cannot be written does not grow either.
  }
}
