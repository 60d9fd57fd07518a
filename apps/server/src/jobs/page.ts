import type { Context } from 'koa'
import type { Authentication } from '../http/authentication.ts'
import type { Flashes } from '../http/flash.ts'
import type { PageRoute } from '../http/page-routes.ts'
import { type ShowPage, seeOther } from '../http/show-page.ts'
import { viewerOf } from '../http/viewer.ts'
import { pageActor } from '../users/actor.ts'
import type { Jobs } from './jobs.ts'
import type { JobNotes, JobsPage } from './page-model.ts'

export interface JobPagesPorts {
  readonly jobs: Jobs
  readonly authentication: Authentication
  readonly show: ShowPage
  readonly jobNotes: () => JobNotes
  readonly flashes: Flashes
}

const here = '/settings/admin/jobs'

/** `/settings/admin/jobs`: what the server does by itself. */
export function jobPages({ jobs, jobNotes, authentication, show, flashes }: JobPagesPorts): readonly PageRoute[] {
  const list = async (ctx: Context) => {
    const viewer = viewerOf(await authentication.requireAdministrator(ctx))
    const items = await jobs.list()
    const notice = noticeOf(flashes.take(ctx, here))
    await show(ctx, { view: 'jobs', viewer, jobs: items, notes: jobNotes(), notice })
  }
  const run = async (ctx: Context) => {
    const actor = pageActor(await authentication.requireAdministrator(ctx), ctx)
    const job = String(ctx.params.name)
    flashes.leave(ctx, here, { done: (await jobs.runNow(actor, job)) ? 'requested' : 'running', job })
    seeOther(ctx, here)
  }
  return [
    { method: 'get', path: here, handle: list },
    { method: 'post', path: `${here}/:name/run`, handle: run },
  ]
}

function noticeOf({ done, job }: Readonly<Record<string, unknown>>): JobsPage['notice'] {
  return (done === 'requested' || done === 'running') && typeof job === 'string' ? { done, job } : null
}
