import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { dirname, extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { cachedFolder } from './cached-folder.ts'

export interface ChromiumBinary {
  readonly executable: string
  /** Additional environment variables that it needs. */
  readonly env: Readonly<Record<string, string>>
}

/**
 * Returns the Chromium of `CHROME_PATH`, or else that of `@sparticuz/chromium`, unpacked once per version.
 *
 * @throws Error with the reason if it cannot run on this machine.
 */
export async function chromiumBinary(): Promise<ChromiumBinary> {
  const configuredPath = process.env.CHROME_PATH
  if (configuredPath !== undefined && configuredPath !== '') return { executable: configuredPath, env: {} }
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error('The Chromium package supports only 64-bit x86 Linux; set CHROME_PATH to another Chromium')
  }
  const folder = await unpackChromium()
  const binary = { executable: join(folder, 'chromium'), env: { FONTCONFIG_FILE: join(folder, 'fonts.conf') } }
  const libraryError = await findLibraryError(binary)
  if (libraryError === undefined) return binary
  // Uses its bundled libraries only if the system has none: they may conflict with newer ones of the system.
  const withLibraries = { ...binary, env: { ...binary.env, LD_LIBRARY_PATH: join(folder, 'al2023', 'lib') } }
  const bundledLibraryError = await findLibraryError(withLibraries)
  if (bundledLibraryError === undefined) return withLibraries
  throw new Error(
    `Chromium cannot run on this machine; set CHROME_PATH to another Chromium. Its output: ${libraryError}; ${bundledLibraryError}`,
  )
}

async function unpackChromium(): Promise<string> {
  const packageRoot = dirname(dirname(fileURLToPath(import.meta.resolve('@sparticuz/chromium'))))
  const { version } = JSON.parse(await readFile(join(packageRoot, 'package.json'), 'utf8'))
  const name = `pocket-test-chromium-${version}`
  const program = fileURLToPath(new URL(`./chromium-unpack${extname(import.meta.url)}`, import.meta.url))
  return cachedFolder({
    name,
    fill: async (folder) => {
      // The package unpacks into fixed names in the temporary directory and reuses existing files, so it runs in a process
      // whose temporary directory is the new folder.
      await promisify(execFile)(process.execPath, [program, join(packageRoot, 'bin')], { env: { TMPDIR: folder } })
      await writeFile(join(folder, 'fonts.conf'), fontConfiguration)
    },
  })
}

// Combines the fonts of the system and of the package, so that a machine without fonts can render text.
const fontConfiguration = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir prefix="relative">fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
`

async function findLibraryError(binary: ChromiumBinary): Promise<string | undefined> {
  try {
    await promisify(execFile)(binary.executable, ['--version'], { env: { ...process.env, ...binary.env } })
    return undefined
  } catch (error) {
    return String(error).trim()
  }
}
