import { mkdirSync, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { jsonSchemas } from '../src/cli/json-schemas.ts'
import { publishedFileSchema } from '../src/composition/configuration/schema.ts'

export const schemaFolder = new URL('../../../docs/reference/json-schemas/', import.meta.url)

export const configurationFileSchema = new URL(
  '../../../docs/reference/configuration-file.schema.json',
  import.meta.url,
)

/** The JSON Schema of the configuration file, for editors. */
export function configurationFileSchemaText(): string {
  return `${JSON.stringify(publishedFileSchema(), undefined, 2)}\n`
}

/** The JSON Schemas of command results, by file name. */
export function jsonSchemaFiles(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(jsonSchemas).map(([name, { command, schema }]) => [
      `${name}.schema.json`,
      `${JSON.stringify(
        { $schema: 'https://json-schema.org/draft/2020-12/schema', title: `pocket-id ${command}`, ...schema },
        undefined,
        2,
      )}\n`,
    ]),
  )
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  mkdirSync(schemaFolder, { recursive: true })
  for (const [name, text] of Object.entries(jsonSchemaFiles())) writeFileSync(new URL(name, schemaFolder), text)
  writeFileSync(configurationFileSchema, configurationFileSchemaText())
}
