import { ConflictError } from '@pocket/core/errors'
import { assertCanRunJobs } from '../access/access-checks.ts'
import { actorOf } from '../access/actor.ts'
import { type Operation, operationsIn } from '../http/api/operation.ts'
import { instant, namedObject } from '../http/api/schema.ts'
import type { JobItem, Jobs } from './jobs.ts'

const settingsApi = operationsIn('settings')

export const jobSchema = namedObject('JobDto', {
  name: { type: 'string' },
  intervalSeconds: { type: 'integer', description: 'From the end of a run to the start of the next one.' },
  isRunning: { type: 'boolean', description: 'Whether a replica is running the job.' },
  nextRunAt: instant,
  lastRun: {
    type: ['object', 'null'],
    required: ['outcome', 'finishedAt', 'tookMs', 'error'],
    properties: {
      outcome: { type: 'string', enum: ['succeeded', 'failed'] },
      finishedAt: instant,
      tookMs: { type: ['integer', 'null'], description: '`null` while the next run is in progress.' },
      error: { type: ['string', 'null'] },
    },
  },
})

export function jobOperations(jobs: Jobs): readonly Operation[] {
  return [
    settingsApi.get('/api/jobs', {
      id: 'listJobs',
      summary: 'List the background jobs and their last runs',
      response: { status: 200, schema: { type: 'array', items: jobSchema } },
      handle: async () => (await jobs.list()).map(jobDto),
    }),
    settingsApi.post('/api/jobs/:name/run', {
      id: 'runJob',
      summary: 'Run a job now',
      response: { status: 202 },
      async handle(call) {
        const { name = '' } = call.params
        await assertCanRunJobs(call.ctx, [name])
        if (!(await jobs.runNow(actorOf(call), name)))
          throw new ConflictError('job_running', 'This job is already running.')
      },
    }),
  ]
}

function jobDto({ name, intervalMs, isRunning, nextRunAt, lastRun }: JobItem) {
  return {
    name,
    intervalSeconds: intervalMs / 1000,
    isRunning,
    nextRunAt: new Date(nextRunAt).toISOString(),
    lastRun: lastRun && {
      outcome: lastRun.outcome,
      finishedAt: new Date(lastRun.finishedAt).toISOString(),
      tookMs: lastRun.took,
      error: lastRun.error,
    },
  }
}
