import { InvalidInputError } from '@pocket/core/errors'
import type { User } from '@pocket/directory'
import type { Context } from 'koa'
import { pageActor } from '../access/actor.ts'
import type { PageDeps } from '../http/deps.ts'
import { formText } from '../http/form.ts'
import { runFormAction } from '../http/form-page.ts'
import { type PageRoute, route } from '../http/page-routes.ts'
import { seeOther } from '../http/show-page.ts'
import { viewerOf } from '../http/viewer.ts'
import type { Jobs } from '../jobs/jobs.ts'
import type { BackupDownloads } from './downloads.ts'
import type { Encryption } from './encryption.ts'
import type { BackupsPage } from './page-model.ts'
import type { ScheduledBackups } from './scheduled-backups.ts'

export interface BackupPageDeps extends PageDeps {
  readonly jobs: Pick<Jobs, 'list'>
  /** `undefined` if no backups are scheduled. */
  readonly backups: ScheduledBackups | undefined
  readonly backupDownloads: BackupDownloads
}

const backupsPath = '/settings/admin/backups'
const archivePath = `${backupsPath}/archive`
const maxPassphraseLength = 200
const maxRecipientLength = 2500

export function backupPages(deps: BackupPageDeps): readonly PageRoute[] {
  const { jobs, backups, backupDownloads, show, flashes } = deps

  type Content = Pick<BackupsPage, 'download' | 'recipient' | 'problems'>
  const showPage = async (ctx: Context, user: User, content: Content) => {
    const job = backups && (await jobs.list()).find(({ name }) => name === backups.job.name)
    const scheduled = backups ? { status: await backups.status(), job: job ?? null } : null
    await show(ctx, { view: 'backups', viewer: viewerOf(user), scheduled, ...content })
  }

  const showBackups = async (ctx: Context, user: User) => {
    const download = (['started', 'busy'] as const).find((state) => state === ctx.query.download) ?? null
    // A redirect to a file would leave the browser on the page of the form.
    if (download === 'started') ctx.set('Refresh', `0; url=${archivePath}`)
    await showPage(ctx, user, { download, recipient: '', problems: [] })
  }

  const request = async (ctx: Context, user: User) => {
    const refusal = await runFormAction(async () => {
      const encryption = encryptionOf(ctx)
      await backupDownloads.validate(encryption)
      // The next request has no body; the cookie is encrypted and read once.
      if (!flashes.set(ctx, archivePath, { encryption, by: user.id })) throw invalidInput('recipient', 'too_long')
      seeOther(ctx, `${backupsPath}?download=started`)
    })
    if (!refusal) return
    const recipient = formText(ctx, 'recipient', 10_000)
    await showPage(ctx, user, { download: null, recipient, problems: refusal.problems })
    ctx.status = refusal.status
  }

  const download = async (ctx: Context, user: User) => {
    const { encryption, by } = flashes.consume(ctx, archivePath)
    if (!isEncryption(encryption) || by !== user.id) return seeOther(ctx, backupsPath)
    const archive = await backupDownloads.start(pageActor(user, ctx), encryption)
    if (archive === undefined) return seeOther(ctx, `${backupsPath}?download=busy`)
    ctx.set('Cache-Control', 'private, no-store')
    ctx.set('Content-Disposition', `attachment; filename="${archive.fileName}"`)
    ctx.body = archive.content
    ctx.type = 'application/octet-stream'
  }

  return [
    route.get(backupsPath, showBackups),
    route.post(`${backupsPath}/download`, request),
    route.get(archivePath, download),
  ]
}

/** @throws {InvalidInputError} `validation_failed` */
function encryptionOf(ctx: Context): Encryption {
  if (formText(ctx, 'with', 20) === 'recipient') {
    const recipient = formText(ctx, 'recipient', maxRecipientLength).trim()
    if (recipient === '') throw invalidInput('recipient', 'required')
    return { recipients: [recipient] }
  }
  const passphrase = formText(ctx, 'passphrase', maxPassphraseLength)
  if (passphrase === '') throw invalidInput('passphrase', 'required')
  if (formText(ctx, 'repeated', maxPassphraseLength) !== passphrase) throw invalidInput('repeated', 'invalid')
  return { passphrase }
}

function invalidInput(field: string, code: string): InvalidInputError {
  const problem = { field, code, message: `is not valid (${code})` }
  return new InvalidInputError('validation_failed', `The field ${field} is not valid.`, { fields: [problem] })
}

/** The content of the cookie was encrypted by this server. */
function isEncryption(value: unknown): value is Encryption {
  return typeof value === 'object' && value !== null && ('passphrase' in value || 'recipients' in value)
}
