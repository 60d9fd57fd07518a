import type { Clock, MasterKey } from '@pocket/core'
import { ConfigurationError, NotFoundError, PayloadTooLargeError } from '@pocket/core/errors'
import type { Context } from 'koa'
import { formText } from '../http/form.ts'
import type { RenderPage } from '../http/page.ts'
import { type PageRoute, route } from '../http/page-routes.ts'
import { type ShowPage, seeOther } from '../http/show-page.ts'
import { receiveUpload } from '../images/upload.ts'
import { codeOf } from '../logging/failure.ts'
import { type ImportFolder, maxUploadBytes } from './import-folder.ts'
import type { ChosenSource, MigrationRunner } from './migration-runner.ts'
import type { Progress } from './migration-steps.ts'
import type { MigrationProblem, PocketIdMigrationPage, ReportView } from './page-model.ts'
import type { MigrationReport } from './report.ts'
import { pocketIdMigrationPath, SetUpAccess, type SetUpToken } from './set-up-access.ts'

const maxFindings = 200

export interface PocketIdMigrationPageDeps {
  readonly runner: MigrationRunner
  readonly folder: ImportFolder
  readonly setUpToken: SetUpToken
  /** Reports the changes of a migration without making them. @throws {ConfigurationError} */
  readonly check: (source: ChosenSource) => Promise<MigrationReport>
  readonly isEmpty: () => Promise<boolean>
  readonly database: { readonly masterKey: MasterKey }
  /** The `ENCRYPTION_KEY` of this server, which may be that of Pocket ID. */
  readonly ownEncryptionKey: Buffer | undefined
  readonly show: ShowPage
  readonly render: RenderPage
  readonly clock: Clock
  readonly secure: boolean
}

type Step = PocketIdMigrationPage['step']

/** `/login/setup/pocket-id`: for operators without a shell, until there are users or clients. */
export function pocketIdMigrationPages(deps: PocketIdMigrationPageDeps): readonly PageRoute[] {
  const { runner, folder, check, isEmpty, show, render } = deps
  const access = new SetUpAccess(deps.database.masterKey, deps)

  const pageOf = (step: Step, problem: MigrationProblem | null = null): PocketIdMigrationPage => ({
    view: 'pocket-id-migration',
    step,
    problem,
  })
  const assertOpen = async () => {
    if (!(await isEmpty())) throw new NotFoundError('setup_not_available', 'This server already has users or clients.')
  }
  const showSources = async (ctx: Context, problem: MigrationProblem | null = null, chosenFile = '') => {
    const files = await folder.list()
    const hasOwnKey = deps.ownEncryptionKey !== undefined
    const source = { name: 'source', files, folder: folder.path, maxUploadBytes, hasOwnKey, chosenFile } as const
    await show(ctx, pageOf(source, problem))
    if (problem !== null && ctx.method === 'POST') ctx.status = 422
  }
  /** Runs a step for a browser that has used a set-up token. */
  const withAccess = (handle: (ctx: Context) => Promise<void>) => async (ctx: Context) => {
    await assertOpen()
    if (access.isGranted(ctx)) await handle(ctx)
    else seeOther(ctx, pocketIdMigrationPath)
  }
  const encryptionKeyOf = (text: string): Buffer | undefined =>
    text === '' ? deps.ownEncryptionKey : Buffer.from(text)

  const pages = {
    async show(ctx: Context) {
      const { outcome } = runner
      const isGranted = access.isGranted(ctx)
      if (isGranted && outcome && 'report' in outcome)
        return show(ctx, pageOf({ name: 'done', report: reportView(outcome.report, ctx.query.findings === 'all') }))
      if (isGranted && outcome && !(await isEmpty())) return show(ctx, pageOf({ name: 'elsewhere' }))
      await assertOpen()
      if (!isGranted) return show(ctx, pageOf({ name: 'token' }))
      await showSources(ctx, outcome && 'reason' in outcome ? { code: 'source', reason: outcome.reason } : null)
    },

    async grant(ctx: Context) {
      await assertOpen()
      if (access.grant(ctx, formText(ctx, 'token', 200))) return seeOther(ctx, pocketIdMigrationPath)
      await show(ctx, pageOf({ name: 'token' }, { code: 'token' }))
      ctx.status = 403
    },

    upload: withAccess(async (ctx) => {
      const size = ctx.request.length ?? 0
      if (size <= maxUploadBytes && !(await folder.hasFreeSpace(size))) return showSources(ctx, { code: 'no_space' })
      try {
        using _ = runner.allowSlowRequests()
        await receiveUpload(ctx, maxUploadBytes, (file) => folder.store(file))
      } catch (error) {
        if (error instanceof PayloadTooLargeError) return showSources(ctx, { code: 'too_large' })
        if (codeOf(error) === 'ENOSPC') return showSources(ctx, { code: 'no_space' })
        throw error
      }
      seeOther(ctx, pocketIdMigrationPath)
    }),

    check: withAccess(async (ctx) => {
      const submitted = formText(ctx, 'choice')
      // A report that shows all findings is that of the same file and key again.
      const chosen = submitted === '' ? undefined : access.openChoice(submitted)
      const name = chosen?.file ?? formText(ctx, 'file', 255)
      const file = await folder.find(name)
      if (file === undefined) return showSources(ctx, { code: 'no_file' })
      const encryptionKey = chosen
        ? Buffer.from(chosen.encryptionKey, 'base64')
        : encryptionKeyOf(formText(ctx, 'encryptionKey', 2000).trim())
      if (encryptionKey === undefined) return showSources(ctx, { code: 'no_key' }, name)
      try {
        const report = await check({ path: file.path, encryptionKey })
        const { version } = file
        const choice = access.sealChoice({ file: name, version, encryptionKey: encryptionKey.toString('base64') })
        await show(
          ctx,
          pageOf({ name: 'report', report: reportView(report, chosen !== undefined), file: name, choice }),
        )
      } catch (error) {
        if (!(error instanceof ConfigurationError)) throw error
        await showSources(ctx, { code: 'source', reason: error.message }, name)
      }
    }),

    start: withAccess(async (ctx) => {
      const choice = access.openChoice(formText(ctx, 'choice'))
      const file = choice && (await folder.find(choice.file))
      if (file === undefined || file.version !== choice?.version) return showSources(ctx, { code: 'changed' })
      const encryptionKey = Buffer.from(choice.encryptionKey, 'base64')
      const runningPage = (
        progress: readonly Progress[],
        problem: MigrationProblem | null = null,
      ): PocketIdMigrationPage => ({
        ...pageOf({ name: 'running', progress }, problem),
        isOffline: true,
      })
      const source = { path: file.path, encryptionKey }
      if (runner.start(source, (progress, req) => render(runningPage(progress), req)))
        return seeOther(ctx, pocketIdMigrationPath)
      await show(ctx, runningPage([], { code: 'started' }))
      ctx.status = 409
      ctx.set('Refresh', `2; url=${pocketIdMigrationPath}`)
    }),
  }

  return [
    route.get(pocketIdMigrationPath, pages.show),
    route.post(pocketIdMigrationPath, pages.grant, { limit: 'setup' }),
    route.post(`${pocketIdMigrationPath}/upload`, pages.upload),
    route.post(`${pocketIdMigrationPath}/check`, pages.check, { limit: 'setup' }),
    route.post(`${pocketIdMigrationPath}/start`, pages.start),
  ]
}

function reportView({ counts, findings, notes }: MigrationReport, showsAll: boolean): ReportView {
  const shown = showsAll ? findings : findings.slice(0, maxFindings)
  return { counts, findings: shown, moreFindings: findings.length - shown.length, notes }
}
