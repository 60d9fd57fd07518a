import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { eventually, freePort } from '@pocket/test-support'
import pg from 'pg'
import { parse } from 'yaml'
import { createLogger } from '../../src/logging/logger.ts'
import { startTelemetry } from '../../src/telemetry/start.ts'
import { startInstance } from '../api/instance.ts'
import { databaseOf } from '../http/app.ts'
import { scrape, telemetryOff } from './scrape.ts'

type Metrics = Awaited<ReturnType<typeof scrape>>
type Labels = Readonly<Record<string, string>>

interface Rule {
  readonly alert: string
  readonly expr: string
}

const file = new URL('../../../../docs/observability/alerts.yml', import.meta.url)
const { groups }: { readonly groups: readonly { readonly rules: readonly Rule[] }[] } = parse(
  readFileSync(file, 'utf8'),
)
const rules = groups.flatMap((group) => group.rules)
/** Prometheus adds them. */
const addedLabels: ReadonlySet<string> = new Set(['job', 'instance'])
const addedMetric = 'up'

function matches(labels: Labels, [, name = '', operator, value = '']: readonly string[]): boolean {
  const actual = labels[name] ?? ''
  if (operator === '=~') return new RegExp(`^(?:${value})$`).test(actual)
  return (actual === value) === (operator === '=')
}

/** The series that a selector such as `name{label="value"}` matches, with their labels. */
function selectSeries(
  metrics: Metrics,
  selector: string,
): readonly { readonly series: string; readonly labels: Labels }[] {
  const [name, given = ''] = selector.split('{')
  const matchers = [...given.matchAll(/(\w+)(=~|!=|=)"([^"]*)"/g)].filter(([, label = '']) => !addedLabels.has(label))
  return [...metrics.keys()].flatMap((series) => {
    const [seriesName, list = ''] = series.split('{')
    const pairs = [...list.matchAll(/(\w+)="([^"]*)"/g)].map(([, label = '', value = '']) => [label, value])
    const labels: Labels = Object.fromEntries(pairs)
    return seriesName === name && matchers.every((matcher) => matches(labels, matcher)) ? [{ series, labels }] : []
  })
}

test('every alert rule selects series of an instance', async () => {
  await using stack = new AsyncDisposableStack()
  const database = await databaseOf('PostgreSQL', stack)
  const instance = stack.use(await startInstance(database))
  const port = await freePort()
  await using telemetry = await startTelemetry({
    options: { ...telemetryOff, metrics: 'prometheus', prometheus: { host: 'localhost', port } },
    ...{ version: '1.2.3', processes: 1, trustProxy: () => false },
    logger: createLogger({ logLevel: 'error', logJson: true }, { write() {} }),
  })
  telemetry.measureWith(() => instance.app.measure())

  await instance.agent().postJson(`${instance.url}/api/one-time-access-token/unknown-code`, {})
  await instance.person('grace')
  // A request, its statement and a job fail.
  const connection = new pg.Client({ connectionString: database.DB_CONNECTION_STRING })
  await connection.connect()
  stack.defer(() => connection.end())
  await connection.query('DROP TABLE pocket_signup_token, pocket_logout_notice')
  expect((await instance.administrator.getJson(`${instance.url}/api/signup-tokens`)).status).toBe(500)
  // Both also run every five seconds.
  for (const job of ['send-logout-notices', 'send-emails'])
    await instance.administrator.postJson(`${instance.url}/api/jobs/${job}/run`, {})
  await eventually(async () => {
    const metrics = await scrape(port)
    const unmatched = rules.flatMap((rule) => {
      const selectors = [...rule.expr.matchAll(/\w+\{[^}]*\}/g)].map(([selector]) => selector)
      expect([rule.alert, selectors]).not.toEqual([rule.alert, []])
      const grouping = [...rule.expr.matchAll(/by \((\w+)\)/g)].map(([, label = '']) => label)
      return selectors.filter((selector) => {
        if (selector.startsWith(`${addedMetric}{`)) return false
        const found = selectSeries(metrics, selector)
        const isGrouped = grouping.every(
          (label) => addedLabels.has(label) || found.every(({ labels }) => labels[label] !== undefined),
        )
        return found.length === 0 || !isGrouped
      })
    })
    expect(unmatched).toEqual([])
  })
})
