import { writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import {
  type Application,
  alternativesOf,
  applications,
  type Check,
  type ProtocolBehavior,
} from '@pocket/test-support/relying-parties'
import type { Host } from '../host.ts'
import { measure, measureSynologyDsm, type Step, startMeasuredHost } from './measure.ts'

const target = new URL('../../../../../docs/reference/relying-parties.md', import.meta.url)

/**
 * Builds the reference of relying parties: the results of each emulated application with this provider.
 *
 * @param take - runs all steps of an application
 */
export async function relyingPartiesReference(host: Host, take: typeof measure = measure): Promise<string> {
  const measured: MeasuredApplication[] = []
  for (const application of applications) {
    const others: [string, readonly Step[]][] = []
    for (const each of alternativesOf(application)) others.push([each.name, await take(host, each)])
    measured.push({ application, steps: await take(host, application), others })
  }
  const rows = [
    formatRow('[Synology DSM](../guides/synology-dsm.md)', await measureSynologyDsm(host), []),
    ...measured.map(({ application: { name, id }, steps, others }) => formatRow(`[${name}](#${id})`, steps, others)),
  ]
  return `# Relying parties

Made by \`pnpm --filter @pocket/core run reference\` from the checks of emulated applications with this provider.
They live in \`packages/test-support/src/relying-parties\`, speak OpenID Connect as their real counterparts do, and are as strict.

${formatTable([['Application', ...columns.map(([title]) => title), 'Other set-ups'], ...rows])}

"Yes": every check of the application passes. "–": the application does not do that.
Sign-in is with a passkey and consent, the second sign-in is in the same browser and asks nothing, or
to continue if a public client is at a loopback address. With each other set-up
the application repeats all steps.

${measured.map(formatSection).join('\n\n')}
`
}

interface MeasuredApplication {
  readonly application: Application
  readonly steps: readonly Step[]
  /** The results with each alternative configuration, by its name. */
  readonly others: AlternativeSteps
}

type AlternativeSteps = readonly (readonly [name: string, steps: readonly Step[]])[]

/** The columns of the table, with the steps that each covers. */
const columns: readonly (readonly [title: string, steps: RegExp])[] = [
  ['Set-up', /^Set-up$/],
  ['Sign-in', /^Sign-in$/],
  ['Second sign-in', /^Second sign-in$/],
  ['Other ways in', /^By /],
  ['Refresh', /^Refresh/],
  ['Sign-out', /^Sign-out$/],
  ['Back-channel logout', /^Back-channel logout$/],
]

function formatRow(name: string, steps: readonly Step[], others: AlternativeSteps): string[] {
  const cells = columns.map(([, of]) => formatVerdict(steps.filter((step) => of.test(step.name))))
  return [name, ...cells, formatVerdict(others.flatMap(([, each]) => each))]
}

function formatVerdict(steps: readonly Step[]): string {
  if (steps.length === 0) return '–'
  const failed = findFailure(steps)
  return failed ? `**No**: ${failed.name}` : 'Yes'
}

function findFailure(steps: readonly Step[]): Check | undefined {
  return steps.flatMap(({ result }) => result.checks).find(({ passed }) => !passed)
}

/** Pads the columns to their longest cell, as the Markdown formatter of this repository does. */
function formatTable([head = [], ...rows]: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)))
  const formatLine = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
  return [formatLine(head), formatLine(widths.map((width) => '-'.repeat(width))), ...rows.map(formatLine)].join('\n')
}

function formatSection({ application, steps, others }: MeasuredApplication): string {
  const checks = steps.map((step) => `- ${step.name}: ${formatChecks(step, steps)}.`)
  const also = others.map(([name, each]) => {
    const failed = findFailure(each)
    return `- ${name}: ${failed ? `**not so: ${failed.name}**` : 'the same results'}.`
  })
  return `## ${application.name}

<a id="${application.id}"></a>The client: ${formatSettings(application)}

The application: ${formatBehavior(application.behavior)}

${[...checks, ...also].join('\n')}`
}

/** The checks of this step; after the first sign-in, only the new ones. */
function formatChecks({ name, result }: Step, steps: readonly Step[]): string {
  const before = steps.find((step) => step.name === 'Sign-in')?.result.checks ?? []
  const isRepeated =
    name !== 'Sign-in' && result.checks.some((check) => before.some((each) => each.name === check.name))
  const received = result.checks.filter(
    (check) => !(isRepeated && check.passed && before.some((each) => each.name === check.name)),
  )
  return [...received.map(formatCheck), ...(isRepeated ? ['the rest as before'] : [])].join('; ')
}

function formatCheck({ name, passed }: Check): string {
  const isName = /^[A-Z][a-z]+[A-Z]/.test(name)
  const start = isName ? name : `${name[0]?.toLowerCase()}${name.slice(1)}`
  return passed ? start : `**not so: ${start}**`
}

function formatSettings({ clientSettings, behavior: { backChannelLogoutPath } }: Application): string {
  const { redirectUris, postLogoutRedirectUris = [], isPublic, pkceRequired, protocol } = clientSettings
  return [
    isPublic ? 'public.' : pkceRequired ? 'confidential, PKCE required.' : 'confidential.',
    `Callback URLs: ${formatCodes(redirectUris)}.`,
    ...(postLogoutRedirectUris.length > 0 ? [`Logout callback URLs: ${formatCodes(postLogoutRedirectUris)}.`] : []),
    ...(backChannelLogoutPath
      ? [`Back-channel logout URL: ${formatCodes([protocol?.backchannelLogoutUri ?? ''])}.`]
      : []),
  ].join(' ')
}

const found = {
  discovery: 'is configured with the issuer and requires it',
  'well-known': 'is configured with the discovery URL',
  WebFinger: 'discovers the issuer with WebFinger and requires the configured one',
  typed: 'is configured with each endpoint',
} as const satisfies Record<ProtocolBehavior['endpoints'], string>

const authenticated = {
  basic: '`client_secret_basic`',
  'raw-basic': '`client_secret_basic`, ID and secret unencoded',
  post: '`client_secret_post`',
  detected: '`client_secret_basic`, and `client_secret_post` if that is rejected',
  none: 'no client authentication',
} as const satisfies Record<ProtocolBehavior['authentication'], string>

const idTokenUse = {
  none: 'the ID token is ignored',
  read: 'the ID token is read unchecked',
  claims: 'the ID token is checked except for its signature',
} as const

function formatBehavior(of: ProtocolBehavior): string {
  const { idToken } = of
  const algorithms =
    idToken.check !== 'signature'
      ? ''
      : idToken.algorithms === 'advertised'
        ? 'any advertised algorithm'
        : idToken.algorithms.join(' or ')
  return [
    found[of.endpoints],
    `scope ${formatCodes([of.scope])}`,
    of.pkce ? 'PKCE' : 'no PKCE',
    of.nonce ? 'a nonce' : 'no nonce',
    `a state of ${of.state.length + (of.state.end ?? '').length} characters`,
    ...(of.parameters ? [`also sends ${formatCodes(Object.keys(of.parameters))}`] : []),
    authenticated[of.authentication],
    idToken.check === 'signature' ? `the ID token is checked (${algorithms})` : idTokenUse[idToken.check],
    `UserInfo ${of.userInfo}`,
    `identifies users by ${formatCodes([of.identifiedBy])}`,
  ]
    .join('; ')
    .concat('.')
}

function formatCodes(texts: readonly string[]): string {
  return texts.map((text) => `\`${text}\``).join(', ')
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await using host = await startMeasuredHost()
  writeFileSync(target, await relyingPartiesReference(host))
}
