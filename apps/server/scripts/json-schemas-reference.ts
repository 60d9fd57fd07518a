import { mkdirSync, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { publishedFileSchema } from '../src/composition/configuration/schema.ts'
import { jsonSchemas } from '../src/composition/json-schemas.ts'
import { logLineSchema } from '../src/logging/log-line-schema.ts'

export const schemaFolder = new URL('../../../docs/reference/json-schemas/', import.meta.url)

const $schema = 'https://json-schema.org/draft/2020-12/schema'

/** The JSON Schemas of command results, of the configuration file and of log lines, by file name. */
export function jsonSchemaFiles(): Readonly<Record<string, string>> {
  const results = Object.entries(jsonSchemas).map(([name, { command, schema }]): [string, object] => [
    name,
    { $schema, title: `pocket-id ${command}`, ...schema },
  ])
  return Object.fromEntries(
    [
      ...results,
      ['configuration-file', publishedFileSchema()] as const,
      ['log-line', { $schema, title: 'A line of the log with LOG_JSON=true', ...logLineSchema }] as const,
    ].map(([name, schema]) => [`${name}.schema.json`, `${formatJson(schema)}\n`]),
  )
}

const maxLineLength = 120

/** JSON in which each value that fits takes one line. */
function formatJson(value: unknown, indentation = '', prefixLength = 0): string {
  const line = JSON.stringify(value, undefined, 1).replaceAll(/\n */g, ' ')
  if (typeof value !== 'object' || value === null || indentation.length + prefixLength + line.length < maxLineLength)
    return line
  const inner = `${indentation}  `
  const isList = Array.isArray(value)
  const lines = Object.entries(value).map(([key, member]) => {
    const prefix = isList ? '' : `${JSON.stringify(key)}: `
    return `${inner}${prefix}${formatJson(member, inner, prefix.length)}`
  })
  const [start, end] = isList ? '[]' : '{}'
  return `${start}\n${lines.join(',\n')}\n${indentation}${end}`
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  mkdirSync(schemaFolder, { recursive: true })
  for (const [name, text] of Object.entries(jsonSchemaFiles())) writeFileSync(new URL(name, schemaFolder), text)
}
