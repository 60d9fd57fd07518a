import { readFileSync, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { errorCodes } from '@pocket/core/errors'

const catalogue = new URL('../locales/en.json', import.meta.url)
const target = new URL('../../../docs/reference/errors.md', import.meta.url)

/** The error reference: each error code with its message. */
export function errorsReference(): string {
  const { errors }: { errors: Record<string, { title: string; text: string }> } = JSON.parse(
    readFileSync(catalogue, 'utf8'),
  )
  const entries = errorCodes.map(
    (code) => `## \`${code}\`

**${errors[code]?.title}.** ${errors[code]?.text}`,
  )
  return `# Errors

Made from \`packages/core/src/errors.ts\` and \`apps/server/locales/en.json\` by \`pnpm --filter @pocket/server run reference\`.

A page shows the title and the text, and the code beside a request id that is in the log too. JSON answers carry the code in
\`code\`. Errors of the protocol itself, such as \`invalid_grant\`, are those of OAuth 2.0 and OpenID Connect.

${entries.join('\n\n')}
`
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) writeFileSync(target, errorsReference())
