import { setTimeout as delay } from 'node:timers/promises'
import { type AddCommand, CommandError } from '../command.ts'
import { printResult, withExamples, withJson } from '../output.ts'
import { type Api, withApi } from './api.ts'
import type { JsonOption } from './resource.ts'
import { closestName, hintOf } from './suggestion.ts'
import { cell, tableLines } from './table.ts'

interface Job {
  readonly name: string
  readonly isRunning: boolean
  readonly nextRunAt: string
  readonly lastRun: {
    readonly outcome: 'succeeded' | 'failed'
    readonly finishedAt: string
    readonly error: string | null
  } | null
}

export const addJobs: AddCommand = (program, context) => {
  const parent = program.command('jobs').description('list and run background jobs; a server may be running')
  withExamples(parent, ['jobs list', 'jobs run sync-scim'])

  withJson(parent.command('list').description('list the jobs and their last runs')).action(
    async (options: JsonOption) => {
      const jobs = await withApi(context, listJobs)
      printResult(jobs, options, {
        print: context.print,
        linesOf: () =>
          tableLines(
            ['JOB', 'LAST RUN', 'OUTCOME', 'NEXT RUN'],
            jobs.map(({ name, lastRun, nextRunAt }) => [name, lastRun?.finishedAt, lastRun?.outcome, nextRunAt]),
          ),
      })
    },
  )

  parent
    .command('run')
    .description('run a job and wait until it ends')
    .argument('<job>', 'name')
    .action((name: string) =>
      withApi(context, async (api) => {
        const before = await jobNamed(api, name)
        await api.call({ method: 'POST', path: `/api/jobs/${encodeURIComponent(name)}/run` })
        const lastRun = await nextRun(api, before, context.stop)
        if (lastRun.outcome === 'failed') throw new CommandError(`${name} failed: ${cell(lastRun.error)}`)
        context.print(`${name} succeeded at ${lastRun.finishedAt}.`)
      }),
    )
}

const listJobs = (api: Api) => api.call<readonly Job[]>({ method: 'GET', path: '/api/jobs' })

async function jobNamed(api: Api, name: string): Promise<Job> {
  const jobs = await listJobs(api)
  const job = jobs.find((candidate) => candidate.name === name)
  if (job) return job
  const names = jobs.map((candidate) => candidate.name)
  const hint = hintOf(closestName(name, names)) || `. The jobs are ${names.join(', ')}.`
  throw new CommandError(`There is no job ${name}${hint}`)
}

/** The first run that ends after `before`; another process may execute it. */
async function nextRun(api: Api, before: Job, stop: AbortSignal): Promise<NonNullable<Job['lastRun']>> {
  for (;;) {
    const { isRunning, lastRun } = await jobNamed(api, before.name)
    if (!isRunning && lastRun && lastRun.finishedAt !== before.lastRun?.finishedAt) return lastRun
    await delay(200, undefined, { signal: stop })
  }
}
