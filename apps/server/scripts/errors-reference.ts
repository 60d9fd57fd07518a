import { readFileSync, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { errorCodes } from '@pocket/core/errors'
import { createMessages, parseCatalog } from '../src/http/messages.ts'

const catalog = new URL('../locales/en.json', import.meta.url)
const target = new URL('../../../docs/reference/errors.md', import.meta.url)

/** The error reference: each error code with its message. */
export function errorsReference(): string {
  const messages = createMessages(parseCatalog(readFileSync(catalog, 'utf8'), catalog.pathname))
  const entries = errorCodes.map(
    (code) => `## \`${code}\`

**${messages.text(`errors.${code}.title`)}.**${messages.has(`errors.${code}.text`) ? ` ${messages.text(`errors.${code}.text`)}` : ''}`,
  )
  return `# Errors

Generated from \`packages/core/src/errors.ts\` and \`apps/server/locales/en.json\` by \`pnpm --filter @pocket/server run reference\`.

Pages show the title, the text, the code and the request ID, which the log also contains. JSON responses contain the code in
\`code\`. Protocol errors, such as \`invalid_grant\`, are those of OAuth 2.0 and OpenID Connect.

${entries.join('\n\n')}
`
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) writeFileSync(target, errorsReference())
