import { existsSync } from 'node:fs'
import { cp, lstat, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { nodeFileTrace } from '@vercel/nft'
import { unbundledPackages } from './unbundled-packages.ts'

// Program: `node apps/server/scripts/deploy.ts FOLDER` writes the content of the container image to a folder.

const server = dirname(dirname(fileURLToPath(import.meta.url)))
const root = dirname(dirname(server))
const fontFiles = ['package.json', 'LICENSE', 'ttf/DejaVuSans-Bold.ttf']

/**
 * Copies the bundled server, and the files that it needs of the packages that are not bundled, for the platform of this process.
 *
 * @param folder - new or empty
 * @throws {Error} if the folder is not empty, or the build does not exist
 */
export async function deploy(folder: string): Promise<void> {
  const target = resolve(folder)
  if (existsSync(target) && (await readdir(target)).length > 0) throw new Error(`${target} is not empty.`)
  if (!existsSync(join(server, 'dist', 'main.js')))
    throw new Error('apps/server/dist/main.js is missing. Run "pnpm run build" first.')
  await mkdir(target, { recursive: true })
  const { name, version, license, type }: Record<string, unknown> = JSON.parse(
    await readFile(join(server, 'package.json'), 'utf8'),
  )
  await writeFile(join(target, 'package.json'), `${JSON.stringify({ name, version, license, type }, undefined, 2)}\n`)
  for (const part of ['views', 'locales']) await cp(join(server, part), join(target, part), { recursive: true })
  await cp(join(server, 'dist'), join(target, 'dist'), { recursive: true, filter: isBundled })
  await copyPackages(target)
}

/** Declarations and modules of the compiler are in subfolders of `dist`. */
function isBundled(path: string): boolean {
  const [part] = path.slice(join(server, 'dist').length + 1).split('/')
  return part === undefined || part === '' || part === 'web' || /\.(js|txt)$/.test(part)
}

async function copyPackages(target: string): Promise<void> {
  const traced = await nodeFileTrace(
    [...unbundledPackages].map((name) => fileURLToPath(import.meta.resolve(name))),
    { base: root, processCwd: root },
  )
  const files = [...traced.fileList].map((file) => join(root, file))
  const font = fontFiles.map((file) => fileURLToPath(import.meta.resolve(`dejavu-fonts-ttf/${file}`)))
  for (const file of [...files, ...font]) {
    const pathInPackages = file.split('/node_modules/').at(-1) ?? ''
    const isLink = (await lstat(file)).isSymbolicLink()
    if (!isLink && isForThisPlatform(pathInPackages)) await cp(file, join(target, 'node_modules', pathInPackages))
  }
}

/** better-sqlite3 ships the binaries of all platforms as `prebuilds/linux-x64.node`. */
function isForThisPlatform(path: string): boolean {
  const [, prebuild] = path.match(/\/prebuilds\/([^/]+)\.node$/) ?? []
  return prebuild === undefined || (prebuild.startsWith(process.platform) && prebuild.endsWith(`-${process.arch}`))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , folder] = process.argv
  if (folder === undefined) throw new Error('Usage: node apps/server/scripts/deploy.ts FOLDER')
  await deploy(folder)
}
