import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const at = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url))

/** Where {@link bundledPageScript} is kept, so that core serves it wherever it is installed, without reading files. */
export const generatedFile = at('src/default-views/generated/page-script.ts')

/** `src/browser/page.ts` with all that it imports, as the TypeScript of {@link generatedFile}. */
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
