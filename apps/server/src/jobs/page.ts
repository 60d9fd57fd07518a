import { ConflictError } from '@pocket/core/errors'
import type { User } from '@pocket/directory'
import type { Context } from 'koa'
import { assertCanRunJobs } from '../access/access-checks.ts'
import { pageActor } from '../access/actor.ts'
import { bulkNotice } from '../http/bulk.ts'
import { runBulkAction } from '../http/bulk-actions.ts'
import type { PageDeps } from '../http/deps.ts'
import { formText, formTexts } from '../http/form.ts'
import { listReturnUrl, readListPage } from '../http/list-page.ts'
import { type PageRoute, route } from '../http/page-routes.ts'
import { seeOther } from '../http/show-page.ts'
import { viewerOf } from '../http/viewer.ts'
import { jobList, jobName, jobsPath, pageOfJobs } from './job-list.ts'
import type { Jobs } from './jobs.ts'
import type { JobNotes, JobsPage } from './page-model.ts'

export interface JobPageDeps extends PageDeps {
  readonly jobs: Jobs
  readonly jobNotes: () => Promise<JobNotes>
}

export function jobPages(deps: JobPageDeps): readonly PageRoute[] {
  const { jobs, jobNotes, messagesFor, show, flashes, secure } = deps

  const list = async (ctx: Context, user: User) => {
    const listPage = readListPage(ctx, jobList, secure)
    const allJobs = await jobs.list()
    const { items, total } = pageOfJobs(allJobs, listPage.request, messagesFor(ctx.req, user))
    const flash = flashes.consume(ctx, jobsPath)
    const notice = noticeOf(flash)
    await show(ctx, {
      view: 'jobs',
      viewer: viewerOf(user),
      list: listPage.view(total),
      jobs: items,
      failed: allJobs.filter(({ lastRun }) => lastRun?.outcome === 'failed').length,
      notes: await jobNotes(),
      notice,
      bulkNotice: notice === null ? bulkNotice(flash) : null,
    })
  }
  const redirectToList = (ctx: Context) => seeOther(ctx, listReturnUrl(jobsPath, formText(ctx, 'list', 2000)))
  const run = async (ctx: Context, user: User) => {
    const actor = pageActor(user, ctx)
    const job = String(ctx.params.name)
    await assertCanRunJobs(ctx, [job])
    flashes.set(ctx, jobsPath, { done: (await jobs.runNow(actor, job)) ? 'requested' : 'running', job })
    redirectToList(ctx)
  }
  const runBulk = async (ctx: Context, user: User) => {
    const actor = pageActor(user, ctx)
    const messages = messagesFor(ctx.req, user)
    await assertCanRunJobs(ctx, formTexts(ctx, 'ids'))
    await runBulkAction(
      ctx,
      {
        ...{ viewer: user, path: jobsPath, within: 'jobs', asks: 'jobs.run', act: 'run', isImmediate: true },
        find: async (ids) =>
          (await jobs.list())
            .filter(({ name }) => ids.includes(name))
            .map(({ name }) => ({ id: name, name: jobName(name, messages) })),
        async work({ id }) {
          if (!(await jobs.runNow(actor, id))) throw new ConflictError('job_running', 'This job is already running.')
        },
      },
      { show, flashes },
    )
  }
  return [route.get(jobsPath, list), route.post(`${jobsPath}/bulk`, runBulk), route.post(`${jobsPath}/:name/run`, run)]
}

function noticeOf({ done, job }: Readonly<Record<string, unknown>>): JobsPage['notice'] {
  return (done === 'requested' || done === 'running') && typeof job === 'string' ? { done, job } : null
}
