import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import openapiTypescript, { astToString } from 'openapi-typescript'
import ts from 'typescript'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const serverOptions = ['--conditions=pocket-source', '--disable-warning=ExperimentalWarning']
const program = 'apps/server/scripts/openapi-document.ts'

// Program: generates the types of the REST API, which are not committed. `pnpm run build` runs it.
// The server that it starts needs `apps/server/dist/web`.

const target = new URL('../src/generated/api.ts', import.meta.url)

/** Aliases for types that nearly every operation repeats. A later alias may contain earlier ones. */
const typeAliases = [
  { name: 'NoParameters', type: '{ query?: never; header?: never; path?: never; cookie?: never; }' },
  { name: 'AnyHeaders', type: '{ [name: string]: unknown; }' },
  { name: 'WithoutBody', type: '{ headers: AnyHeaders; content?: never; }' },
] as const

await mkdir(new URL('.', target), { recursive: true })
await writeFile(target, await generateTypes(await fetchDocument()))

/** Returns the OpenAPI document that a freshly started instance serves at `/api/openapi.json`. */
async function fetchDocument(): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [...serverOptions, program], {
    cwd: root,
    maxBuffer: 16 * 1024 * 1024,
  })
  return stdout
}

/** Generates the types of an OpenAPI 3.1 document. */
async function generateTypes(document: string): Promise<string> {
  const nodes = await openapiTypescript(document, {
    alphabetize: true,
    rootTypes: true,
    rootTypesNoSchemaPrefix: true,
    // File uploads are binary, not text.
    transform: ({ format }) =>
      format === 'binary' ? ts.factory.createTypeReferenceNode(ts.factory.createIdentifier('Blob')) : undefined,
  })
  const aliasDeclarations = typeAliases.map(({ name, type }) => `type ${name} = ${type}`)
  return [...aliasDeclarations, applyAliases(astToString(nodes))].join('\n\n')
}

function applyAliases(types: string): string {
  return typeAliases.reduce((text, { name, type }) => text.replaceAll(typePattern(type), name), types)
}

/** Matches the type regardless of line breaks. */
function typePattern(type: string): RegExp {
  const tokens = type.split(' ').map((token) => token.replaceAll(/[?{}[\]]/g, '\\$&'))
  return new RegExp(tokens.join('\\s+'), 'g')
}
