import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

// Program: generates the sources of core that are not committed. `pnpm install` and `pnpm run build` run it.

const sourcePath = (path: string) => fileURLToPath(new URL(`../src/${path}`, import.meta.url))

await generate(
  'default-views/generated/page-script.ts',
  `export const pageScript: string = ${JSON.stringify(await pageScript())}\n`,
)
await generate(
  'passkeys/generated/provider-names.ts',
  `/** Names of authenticators and passkey providers, by AAGUID. */
export const providerNames: Readonly<Record<string, string>> = ${JSON.stringify(await providerNames(), null, 2)}\n`,
)

async function generate(path: string, text: string): Promise<void> {
  await mkdir(dirname(sourcePath(path)), { recursive: true })
  await writeFile(sourcePath(path), text)
}

/** Bundles `browser/page.ts` into a string, so that core serves it without reading files at run time. */
async function pageScript(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [sourcePath('browser/page.ts')],
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    conditions: ['pocket-source'],
    legalComments: 'none',
    write: false,
    logLevel: 'warning',
  })
  return outputFiles[0]?.text ?? ''
}

async function providerNames(): Promise<Record<string, string>> {
  const names: Record<string, string> = JSON.parse(
    await readFile(fileURLToPath(import.meta.resolve('aaguids/aaguids.json')), 'utf8'),
  )
  return Object.fromEntries(
    Object.entries(names)
      .filter(([, name]) => !name.startsWith('TEST'))
      .map(([aaguid, name]) => [aaguid.toLowerCase(), name.trim()] as const)
      .sort(([left], [right]) => (left < right ? -1 : 1)),
  )
}
