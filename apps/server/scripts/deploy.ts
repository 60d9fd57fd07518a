import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

// Program: `node apps/server/scripts/deploy.ts FOLDER` writes the content of the container image to a folder.

const root = fileURLToPath(new URL('../../..', import.meta.url))
const buildOutputs = ['packages/core/dist/index.js', 'packages/directory/dist/index.js', 'apps/server/dist/main.js']
/** Files that pnpm writes for its own next run, and a README for readers of the sources. */
const leftovers = [
  'pnpm-lock.yaml',
  'pnpm-workspace.yaml',
  'node_modules/.modules.yaml',
  'node_modules/.pnpm-workspace-state-v1.json',
  'README.md',
]

/**
 * Copies the built server and its production dependencies.
 *
 * @param folder - new or empty
 * @throws {Error} if the folder is not empty, or the build does not exist
 */
export async function deploy(folder: string): Promise<void> {
  const target = resolve(folder)
  if (existsSync(target) && (await readdir(target)).length > 0) throw new Error(`${target} is not empty.`)
  const missing = buildOutputs.filter((file) => !existsSync(join(root, file)))
  if (missing.length > 0) throw new Error(`${missing.join(', ')} is missing. Run "pnpm run build" first.`)
  await pnpm(['--filter', '@pocket/server', 'deploy', '--prod', target])
  for (const file of leftovers) await rm(join(target, file), { force: true })
}

async function pnpm(args: readonly string[]): Promise<void> {
  const child = spawn('pnpm', args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] })
  const [code]: unknown[] = await once(child, 'exit')
  if (code !== 0) throw new Error(`pnpm ${args.join(' ')} exited with code ${String(code)}.`)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , folder] = process.argv
  if (folder === undefined) throw new Error('Usage: node apps/server/scripts/deploy.ts FOLDER')
  await deploy(folder)
}
