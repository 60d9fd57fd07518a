import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import openapiTypescript, { astToString } from 'openapi-typescript'
import ts from 'typescript'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const server = ['--conditions=pocket-source', '--disable-warning=ExperimentalWarning']
const program = 'apps/server/scripts/openapi-document.ts'

/** Where the types are kept. */
export const target = new URL('../src/generated/api.ts', import.meta.url)

/** The document of an instance that is started for it, as it answers at `/api/openapi.json`. */
export async function liveDocument(): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [...server, program], {
    cwd: root,
    maxBuffer: 16 * 1024 * 1024,
  })
  return stdout
}

/** The types of a document of OpenAPI 3.1. */
export async function clientTypes(document: string): Promise<string> {
  const nodes = await openapiTypescript(document, {
    alphabetize: true,
    rootTypes: true,
    rootTypesNoSchemaPrefix: true,
    // What is sent as a file is no text.
    transform: ({ format }) =>
      format === 'binary' ? ts.factory.createTypeReferenceNode(ts.factory.createIdentifier('Blob')) : undefined,
  })
  return `// Made from /api/openapi.json by \`pnpm --filter @pocket/api-client run generate\`.\n\n${astToString(nodes)}`
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await mkdir(new URL('.', target), { recursive: true })
  await writeFile(target, await clientTypes(await liveDocument()))
}
