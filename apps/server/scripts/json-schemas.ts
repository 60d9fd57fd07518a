import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { publishedFileSchema } from '../src/composition/configuration/schema.ts'
import { jsonSchemas } from '../src/composition/json-schemas.ts'
import { logLineSchema } from '../src/logging/log-line-schema.ts'

const $schema = 'https://json-schema.org/draft/2020-12/schema'

/** The JSON Schemas of command results, of the configuration file and of log lines, by the name of the file on the site. */
export function publishedJsonSchemas(): Readonly<Record<string, object>> {
  const results = Object.entries(jsonSchemas).map(([name, { command, schema }]): [string, object] => [
    name,
    { $schema, title: `pocket-id ${command}`, ...schema },
  ])
  return {
    ...Object.fromEntries(results),
    'configuration-file': publishedFileSchema(),
    'log-line': { $schema, title: 'A line of the log with LOG_JSON=true', ...logLineSchema },
  }
}

const [, program = '', folder = 'json-schemas'] = process.argv
if (import.meta.url === pathToFileURL(program).href) {
  mkdirSync(folder, { recursive: true })
  for (const [name, schema] of Object.entries(publishedJsonSchemas()))
    writeFileSync(join(folder, `${name}.schema.json`), `${JSON.stringify(schema, null, 2)}\n`)
}
