import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const at = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url))

/** The file that stores {@link bundledPageScript}, so that core serves it without reading files at run time. */
export const generatedFile = at('src/default-views/generated/page-script.ts')

/** Bundles `src/browser/page.ts` with its imports into the TypeScript source of {@link generatedFile}. */
export async function bundledPageScript(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [at('src/browser/page.ts')],
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    conditions: ['pocket-source'],
    legalComments: 'none',
    write: false,
    logLevel: 'warning',
  })
  const script = JSON.stringify(outputFiles[0]?.text ?? '')
  return `/** Made by \`pnpm --filter @pocket/core run page-script\` of \`browser/page.ts\`. */\nexport const pageScript: string =\n  ${script}\n`
}
