import { NotFoundError, PocketError } from '@pocket/core/errors'
import { type LdapEntry, LdapError, type LdapSample, type User } from '@pocket/directory'
import { groupNotFound } from '@pocket/directory/internal'
import type { Context } from 'koa'
import { type Actor, pageActor } from '../access/actor.ts'
import { groupPath } from '../groups/show-group.ts'
import type { PageDeps } from '../http/deps.ts'
import { formText } from '../http/form.ts'
import { type PageRoute, route } from '../http/page-routes.ts'
import { userPath } from '../http/paths.ts'
import { seeOther } from '../http/show-page.ts'
import { viewerOf } from '../http/viewer.ts'
import type { LdapServices } from './deps.ts'
import type { LdapDiagnostics } from './ldap-diagnostics.ts'
import type { LdapRun } from './ldap-run.ts'
import type { LdapFailure, LdapPage } from './page-model.ts'
import { reportCsv } from './report.ts'

const pagePath = '/settings/admin/ldap'
const maxRuns = 10

type PageOverrides = Partial<Pick<LdapPage, 'connection' | 'sample' | 'problem' | 'link' | 'linkGroup'>>

export function ldapPages(deps: PageDeps & { readonly ldap: LdapServices }): readonly PageRoute[] {
  const { ldap, directory, show, flashes } = deps
  const { sync, links, diagnostics, runs, settings } = ldap

  const showPage = async (ctx: Context, user: User, overrides: PageOverrides = {}, status = 200) => {
    const { ldapUrl, ldapEnabled } = await settings()
    const list = await runs.list(maxRuns)
    const flash = flashes.consume(ctx, pagePath)
    const newest = await runs.newestImport()
    const needsDryRun = await sync.needsDryRun()
    const waiting = newest?.outcome === 'waiting' ? newest : null
    const state = ldapUrl === '' ? 'missing' : ldapEnabled ? 'on' : 'off'
    const isFirst = needsDryRun || waiting?.losses?.asks === false
    await show(ctx, {
      view: 'ldap',
      viewer: viewerOf(user),
      state,
      needsDryRun,
      status: state !== 'on' ? state : isFirst ? 'first' : importStatus(newest?.outcome),
      runs: list,
      shown: list.find(({ id }) => id === ctx.query.run) ?? list[0] ?? null,
      waiting,
      connection: null,
      sample: null,
      problem: null,
      link: { user: '', entry: '' },
      linkGroup: { group: '', entry: '' },
      notice: noticeOf(flash),
      ...overrides,
    })
    ctx.status = status
  }

  /** Runs an action that stores a report, and shows the report. */
  const runAndShow = async (ctx: Context, user: User, work: () => Promise<LdapRun>) => {
    try {
      const { outcome } = await work()
      flashes.set(ctx, pagePath, outcome === 'waiting' ? {} : { done: outcome === 'dry' ? 'dry' : 'ran' })
    } catch (error) {
      if (!(error instanceof PocketError) || error.status >= 500) throw error
      if (error.code !== 'ldap_sync_failed') return showPage(ctx, user, { problem: error.code }, error.status)
      flashes.set(ctx, pagePath, { done: 'failed' })
    }
    seeOther(ctx, pagePath)
  }

  /** The user that a form names: a button sends the ID, a text field the user name. */
  const findUser = async (name: string): Promise<User> => {
    const user = (await directory.find(name)) ?? (await directory.findByName(name))
    if (!user) throw new NotFoundError('user_not_found', 'There is no such user.')
    return user
  }

  const postRoute = (path: string, handle: (ctx: Context, user: User) => Promise<unknown>): PageRoute =>
    route.post(`${pagePath}${path}`, async (ctx, user) => {
      await handle(ctx, user)
    })

  /** Links an entry to the user or group in the field `field`; the form `form` keeps the input. */
  const linkRoute = <Form extends 'link' | 'linkGroup'>(
    path: string,
    form: Form,
    field: Exclude<keyof LdapPage[Form], 'entry'> & string,
    link: (actor: Actor, name: string, entry: string) => Promise<{ readonly name: string; readonly entry: LdapEntry }>,
  ): PageRoute =>
    postRoute(path, async (ctx, user) => {
      const [name, entryQuery] = [formText(ctx, field, 300).trim(), formText(ctx, 'entry', 1100).trim()]
      try {
        const linked = await link(pageActor(user, ctx), name, entryQuery)
        flashes.set(ctx, pagePath, { done: 'linked', userName: linked.name, dn: linked.entry.dn.slice(0, 300) })
        seeOther(ctx, pagePath)
      } catch (error) {
        if (!(error instanceof PocketError) || error.status >= 500) throw error
        await showPage(ctx, user, { problem: error.code, [form]: { [field]: name, entry: entryQuery } }, error.status)
      }
    })

  const unlinkRoute = (
    path: PageRoute['path'],
    pathOf: (id: string) => string,
    done: string,
    unlink: (actor: Actor, id: string) => Promise<void>,
  ): PageRoute =>
    route.post(path, async (ctx, user) => {
      const id = String(ctx.params.id)
      await unlink(pageActor(user, ctx), id)
      flashes.set(ctx, pathOf(id), { done })
      seeOther(ctx, pathOf(id))
    })

  return [
    route.get(pagePath, showPage),
    // Reloading the result of a form must not submit it again.
    ...['test', 'search', 'dry-run', 'run', 'link', 'link-group'].map(
      (action): PageRoute =>
        route.get(`${pagePath}/${action}`, async (ctx) => {
          seeOther(ctx, pagePath)
        }),
    ),
    route.get(`${pagePath}/plan.csv`, async (ctx) => {
      const run = await runs.find(String(ctx.query.run))
      if (!run) throw new NotFoundError('not_found', 'There is no such run.')
      ctx.body = (await runs.findCsv(run.id)) ?? reportCsv(run.plan, run.problems)
      ctx.type = 'text/csv; charset=utf-8'
      ctx.set('Content-Disposition', 'attachment; filename="ldap-plan.csv"')
    }),
    postRoute('/test', async (ctx, user) => {
      const { steps, failure, isPrivate } = await diagnostics.testConnection()
      await showPage(ctx, user, { connection: { steps, failure: failure ? failureOf(failure) : null, isPrivate } })
    }),
    postRoute('/search', async (ctx, user) => showPage(ctx, user, { sample: await readSample(diagnostics) })),
    postRoute('/dry-run', (ctx, user) => runAndShow(ctx, user, () => sync.dryRun(pageActor(user, ctx), 'page'))),
    postRoute('/run', async (ctx, user) => {
      const confirmed = formText(ctx, 'confirm', 100)
      if (await sync.needsDryRun()) return showPage(ctx, user, { problem: 'ldap_dry_run_needed' }, 409)
      const request = { trigger: 'page', ...(confirmed !== '' && { confirmed }) } as const
      return runAndShow(ctx, user, () => sync.run(pageActor(user, ctx), request))
    }),
    unlinkRoute('/settings/admin/users/:id/unlink-ldap', userPath, 'unlinked', links.unlink),
    unlinkRoute('/settings/admin/user-groups/:id/unlink-ldap', groupPath, 'unlinked', links.unlinkGroup),
    linkRoute('/link', 'link', 'user', async (actor, name, entry) => {
      const { id, userName } = await findUser(name)
      return { name: userName, entry: await links.link(actor, id, entry) }
    }),
    linkRoute('/link-group', 'linkGroup', 'group', async (actor, name, entry) => {
      const group = await directory.groups.findByName(name)
      if (!group) throw groupNotFound()
      return { name: group.name, entry: await links.linkGroup(actor, group.id, entry) }
    }),
  ]
}

/** The state of the hourly import, after the outcome of the last import: the suffix of a message. */
export function importStatus(outcome: LdapRun['outcome'] | undefined): 'first' | 'on' | 'waiting' | 'failed' {
  if (outcome === undefined || outcome === 'dry') return 'first'
  return outcome === 'succeeded' ? 'on' : outcome
}

function failureOf({ code, details }: LdapError): LdapFailure {
  return { code, details }
}

async function readSample(diagnostics: LdapDiagnostics): Promise<LdapSample | LdapFailure> {
  try {
    return await diagnostics.searchSample()
  } catch (error) {
    if (error instanceof LdapError) return failureOf(error)
    throw error
  }
}

function noticeOf({ done, userName, dn }: Readonly<Record<string, unknown>>): LdapPage['notice'] {
  if (done === 'ran' || done === 'dry' || done === 'failed') return { done }
  return done === 'linked' && typeof userName === 'string' && typeof dn === 'string' ? { done, userName, dn } : null
}
