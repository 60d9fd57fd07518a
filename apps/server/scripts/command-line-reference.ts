import { readFileSync, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import type { Command } from 'commander'
import type { CommandContext } from '../src/cli/command.ts'
import { createProgram } from '../src/cli/run.ts'
import { jsonSchemas } from '../src/composition/json-schemas.ts'

const { homepage }: { readonly homepage: string } = JSON.parse(
  readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'),
)
const target = new URL('../../../docs/reference/command-line.md', import.meta.url)

/** The command-line reference: every command with its arguments, options and examples. */
export function commandLineReference(): string {
  // No command runs, so the definitions need only these properties.
  const context = { version: '', print() {}, printError() {} } as unknown as CommandContext
  const sections = createProgram(context).commands.flatMap((command) => sectionsOf(command, 'pocket-id'))
  const schemas = Object.keys(jsonSchemas).map((name) => `[${name}](${homepage}json-schemas/${name}.schema.json)`)
  return `# Command line

Generated from \`apps/server/src/cli/\` by \`pnpm --filter @pocket/server run reference\`.

Commands use the same variables as the server and work while it runs, unless they say that it has to be stopped. In the image:
\`docker compose exec pocket-id pocket-id users list\`.

- **Exit codes**: 0 for success, 1 for a failure, 2 for wrong usage, an invalid configuration, and differences that \`config plan\` finds.
- **Output**: the result on standard output, everything else on standard error. \`--json\` prints the result as the REST API
  returns it. JSON Schemas: ${schemas.join(', ')}.
- **Names**: a user, a group or a client is given by its ID or one of the names shown.
- **Options** without a value have an opposite if they set a field: \`--no-public\` for \`--public\`.
- **Audit log**: changes are made by \`command line\`.
- **Completion**: \`source <(pocket-id complete bash)\`, likewise for zsh, fish and powershell.

${sections.join('\n')}`
}

function sectionsOf(command: Command, parent: string): readonly string[] {
  const name = `${parent} ${command.name()}`
  if (command.commands.length > 0) return command.commands.flatMap((child) => sectionsOf(child, name))
  const usage = [name, ...command.registeredArguments.map(argumentUsage)].join(' ')
  const options = command.options
    .filter(({ hidden }) => !hidden)
    .map(({ flags, description, mandatory }) => `- \`${flags}\`: ${description}${mandatory ? ' (required)' : ''}`)
  return [
    `## \`${usage}\`\n\n${sentence(command.description())}\n${options.length > 0 ? `\n${options.join('\n')}\n` : ''}`,
  ]
}

function argumentUsage(argument: Command['registeredArguments'][number]): string {
  const name = `${argument.name()}${argument.variadic ? '...' : ''}`
  return argument.required ? `<${name}>` : `[${name}]`
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) writeFileSync(target, commandLineReference())
