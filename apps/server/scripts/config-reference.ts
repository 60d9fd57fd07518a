import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { fileForm } from '../src/config/reader.ts'
import { sections } from '../src/config/schema.ts'
import type { Section, Variable } from '../src/config/variable.ts'

// A program: writes `docs/reference/configuration.md` out of the schema of the configuration.

const page = new URL('../../../docs/reference/configuration.md', import.meta.url)

const head = `# Configuration

<!-- Made by apps/server/scripts/config-reference.ts out of the schema; change it there. -->

Everything is set by environment variables, or by a \`.env\` file in the working directory; real variables win. An empty
variable counts as one that is not set. A wrong value stops the start before anything is written, with one message that
names every wrong variable and what would be right.

A secret can be read from a file: \`<NAME>_FILE\` holds the path. One line end at the end of that file does not count.
`

/** The reference page, in Markdown. */
export function configReference(): string {
  return [head, ...sections.map(sectionText)].join('\n')
}

function sectionText({ title, introduction, variables }: Section): string {
  const parts = [`## ${title}`, ...(introduction === undefined ? [] : [introduction])]
  return [...parts, ...Object.values(variables).map(variableText)].join('\n\n').concat('\n')
}

function variableText(variable: Variable<unknown>): string {
  const facts = [
    `- Type: ${variable.type}`,
    ...(variable.unit === undefined ? [] : [`- Unit: ${variable.unit}`]),
    `- Default: ${defaultText(variable)}`,
    ...(variable.secret ? [`- Secret; also as \`${fileForm(variable.name)}\``] : []),
  ]
  return `### \`${variable.name}\`\n\n${variable.description}\n\n${facts.join('\n')}`
}

/** A default that could be written into the environment is shown as code, one that only describes is not. */
function defaultText({ default: text }: Variable<unknown>): string {
  return text.includes(' ') || text === 'none' ? text : `\`${text}\``
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeFile(page, configReference())
