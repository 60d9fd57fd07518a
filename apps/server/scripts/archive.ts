import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { chmod, copyFile, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { deploy } from './deploy.ts'

// Program: `node apps/server/scripts/archive.ts FOLDER` writes the archive for machines without containers, and its checksum.

const server = fileURLToPath(new URL('..', import.meta.url))
const root = join(server, '../..')
const run = promisify(execFile)

/**
 * Packs the server, the Node program of `.nvmrc`, the systemd unit and the scripts that install them, for the platform of this process.
 *
 * @param folder - is created where it is missing; an archive of the same name is replaced
 * @returns the path of the archive; `PATH.sha256` holds its checksum
 */
export async function archive(folder: string): Promise<string> {
  const { version }: { readonly version: string } = JSON.parse(await readFile(join(server, 'package.json'), 'utf8'))
  const name = `pocket-id-${version}-${process.platform}-${process.arch}`
  const work = await mkdtemp(join(tmpdir(), 'pocket-archive-'))
  try {
    const content = join(work, name)
    const app = join(content, 'app')
    await deploy(app)
    await cp(join(server, 'systemd'), content, { recursive: true })
    await copyFile(join(root, 'LICENSE'), join(content, 'LICENSE'))
    await addNode(work, app)
    await mkdir(folder, { recursive: true })
    const file = resolve(folder, `${name}.tar.gz`)
    // Builds are reproducible: the same source produces the same bytes.
    const reproducible = [
      '--sort=name',
      '--mtime=@0',
      '--owner=0',
      '--group=0',
      '--numeric-owner',
      '--mode=u+w,go-w,go+rX',
    ]
    await run('tar', [...reproducible, '--use-compress-program=gzip -9n', '-cf', file, '-C', work, name])
    await writeFile(`${file}.sha256`, `${await sha256(file)}  ${name}.tar.gz\n`)
    return file
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

/** npm's package of the Node program contains its license too. */
async function addNode(work: string, app: string): Promise<void> {
  const version = (await readFile(join(root, '.nvmrc'), 'utf8')).trim()
  const { stdout } = await run('npm', ['pack', '--silent', `node-${process.platform}-${process.arch}@${version}`], {
    cwd: work,
  })
  await run('tar', ['-xzf', stdout.trim(), '-C', work, 'package/bin/node', 'package/LICENSE'], { cwd: work })
  await mkdir(join(app, 'bin'))
  await copyFile(join(work, 'package/bin/node'), join(app, 'bin/node'))
  await chmod(join(app, 'bin/node'), 0o755)
  await copyFile(join(work, 'package/LICENSE'), join(app, 'bin/LICENSE'))
}

async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(file), hash)
  return hash.digest('hex')
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , folder] = process.argv
  if (folder === undefined) throw new Error('Usage: node apps/server/scripts/archive.ts FOLDER')
  console.log(await archive(folder))
}
