import { readFileSync } from 'node:fs'
import type { ClientTemplate } from '../../apps/server/src/clients/templates/template.ts'
import { templates } from '../../apps/server/src/clients/templates/templates.ts'

const texts: Readonly<Record<string, string>> = JSON.parse(
  readFileSync(new URL('../../apps/server/locales/en.json', import.meta.url), 'utf8'),
)

/** Example values of `{placeholders}`. */
const values: Readonly<Record<string, string>> = {
  issuer: 'https://id.example.com',
  discovery: 'https://id.example.com/.well-known/openid-configuration',
  authorization: 'https://id.example.com/authorize',
  token: 'https://id.example.com/api/oidc/token',
  userinfo: 'https://id.example.com/api/oidc/userinfo',
  jwks: 'https://id.example.com/.well-known/jwks.json',
  end_session: 'https://id.example.com/api/oidc/end-session',
  appName: 'Pocket',
  clientId: 'the client ID',
  clientSecret: 'the client secret',
  signingAlgorithm: 'RS256',
}

/** The templates that have a page. Synology DSM has a separate guide. */
export const applications = templates.filter(({ entries }) => entries.length > 0)

/** The page of an application, with the values that the client's page shows. */
export function applicationPage(template: ClientTemplate): string {
  const { id, name, example, redirectUris, postLogoutRedirectUris = [], backchannelLogoutUri, where } = template
  const fill = (text: string) =>
    text.replace(/\{(\w+)\}/g, (placeholder, key: string) =>
      key === 'address'
        ? (example ?? '')
        : key === 'redirectUri'
          ? fill(redirectUris[0] ?? '')
          : (values[key] ?? placeholder),
    )
  const code = (text: string) => `\`${fill(text)}\``
  /** Credentials are described, not shown. */
  const cell = (value: string) =>
    /^\{client(Id|Secret)\}$/.test(value) ? fill(value) : code(value).replaceAll('|', '\\|')
  const list = (label: string, uris: readonly string[]) =>
    uris.length === 0 ? [] : [`- ${label}, set by the template: ${uris.map(code).join(', ')}`]
  return [
    `# ${name}`,
    `${texts[`templates.${id}.what`] ?? `Sign in to ${name} with a passkey`}.`,
    '## In Pocket',
    [
      `- **Clients → Add client → ${name}**${example === null ? '' : `, with the URL of the application, for example ${code(example)}`}`,
      ...list('Callback URLs', redirectUris),
      ...list('Logout callback URLs', postLogoutRedirectUris),
      ...list('Back-channel logout URL', backchannelLogoutUri === undefined ? [] : [backchannelLogoutUri]),
      '- Then choose who may use it: everyone, or groups.',
    ].join('\n'),
    `## In ${name}`,
    where.length === 0 ? '' : `In ${where.map((step) => `**${step}**`).join(' → ')}:`,
    [
      '| Field | Value |',
      '| --- | --- |',
      ...template.entries.map(({ label, value }) => `| ${label} | ${cell(value)} |`),
    ].join('\n'),
    texts[`templates.${id}.note`] ?? '',
    'The page of the client in Pocket shows these values with your URLs, to copy. **Test this client** there checks the connection, and **Activity** says why a sign-in failed.',
  ]
    .filter((part) => part !== '')
    .join('\n\n')
}
