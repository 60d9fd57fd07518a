import { importedKeyStatus, signingAlgorithms } from '@pocket/core/internal'
import { settingOf } from '../settings/definitions.ts'
import { migrateAuthorizations } from './migrate-authorizations.ts'
import { migrateClients } from './migrate-clients.ts'
import { migrateAuditLog, migratePictures, migrateSettings, migrateTokens } from './migrate-instance.ts'
import { migratePeople } from './migrate-people.ts'
import type { MigrationContext } from './migration-steps.ts'
import { type MigrationReport, ReportCollector } from './report.ts'

export interface MigrationOptions
  extends Pick<MigrationContext, 'source' | 'secrets' | 'target' | 'environment' | 'showProgress' | 'now'> {
  readonly appUrl: string
}

/** Plans all rows of the source, writes them to the target and reports the result. */
export async function migrate({ appUrl, ...options }: MigrationOptions): Promise<MigrationReport> {
  const context: MigrationContext = {
    ...options,
    report: new ReportCollector(),
    userNames: new Map(),
    groupIds: new Set(),
    clientIds: new Set(),
    signupTokenIds: new Map(),
    signingAlgorithm: undefined,
  }
  await migrateSigningKey(context)
  const settings = await migrateSettings(context)
  await migratePeople(context, (settings.get('ldapadmingroupname') ?? '') !== '')
  await migrateClients(context)
  await migrateTokens(context)
  const issuer = await migrateAuthorizations(context)
  const rpId = URL.parse(issuer ?? '')?.hostname
  if (rpId !== undefined) await context.target.passkeyRpId(rpId)
  await migrateAuditLog(context)
  await migratePictures(context)
  await noteEndingSessions(context)
  const report = context.report.report()
  return { ...report, notes: [hostNote(issuer, appUrl), ...report.notes] }
}

async function migrateSigningKey(context: MigrationContext): Promise<void> {
  const { secrets, target, report, environment } = context
  const { signingKey } = secrets
  if (signingKey === undefined) return report.note('The source has no signing key; the new server creates its own.')
  report.found('signing key')
  const status = importedKeyStatus(signingKey.alg)
  const subject = { subject: 'signing key', id: signingKey.kid, name: signingKey.kid } as const
  const reason = `This server does not sign with ${signingKey.alg}: new tokens are signed by new keys, RS256 by default.`
  if (status === undefined) return report.leftOut(subject, reason)
  await target.signingKey(signingKey, status)
  report.migrated('signing key')
  const signingAlgorithm = signingAlgorithms.find((alg) => alg === signingKey.alg)
  if (status === 'current' && signingAlgorithm) {
    context.signingAlgorithm = signingAlgorithm
    await target.settings([{ key: 'signingAlgorithm', value: signingAlgorithm }])
    const { uiConfigDisabled, fixed } = environment
    const ofNewClients =
      fixed.signingAlgorithm ?? (uiConfigDisabled ? settingOf('signingAlgorithm').default : signingAlgorithm)
    if (ofNewClients !== signingAlgorithm)
      report.note(
        `The migrated key signs for the migrated applications, and a key of ${ofNewClients} for new ones. Set SIGNING_ALGORITHM=${signingAlgorithm}, so that it signs for these too.`,
      )
  } else report.changed(subject, `${reason} Its public key stays published until the last token it signed has ended.`)
}

async function noteEndingSessions({ source, report }: MigrationContext): Promise<void> {
  const interactions = await source.count('interaction_sessions')
  report.note(
    `Browser sessions end: everyone signs in once more with the passkey. ${interactions} sign-in pages that were open end too.`,
  )
  report.note('Public applications on phones and computers ask "Continue as" once.')
}

/** Whether passkeys stay valid, which belong to a host name. */
function hostNote(issuer: string | undefined, appUrl: string): string {
  const host = new URL(appUrl).hostname
  const oldHost = URL.parse(issuer ?? '')?.hostname
  if (issuer === undefined || oldHost === undefined)
    return `The source does not show its URL. Passkeys work only if its host name was ${host}, as in APP_URL.`
  if (oldHost !== host)
    return `Passkeys do NOT work: they belong to the host name ${oldHost}, and APP_URL has ${host}. Set APP_URL to ${issuer}.`
  if (issuer.replace(/\/$/, '') === appUrl.replace(/\/$/, ''))
    return `The URL ${issuer} stays the same: passkeys stay valid, and applications need no change.`
  return `The host name ${host} stays the same: passkeys stay valid. Applications know the issuer ${issuer}; change it to ${appUrl} in each.`
}
