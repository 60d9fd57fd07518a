import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { copyFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from '@jest/globals'
import { describeUnless, eventually, freePort, startProcess } from '@pocket/test-support'
import { parse } from 'yaml'
import { createLogger } from '../../src/logging/logger.ts'
import { startTelemetry } from '../../src/telemetry/start.ts'
import { startInstance } from '../api/instance.ts'
import { createFolder } from '../database/folder.ts'
import { databaseOf } from '../http/app.ts'
import { telemetryOff } from './scrape.ts'

const missing = existsSync('/usr/bin/prometheus')
  ? undefined
  : 'Prometheus is not installed: apt-get install --no-install-recommends prometheus'
const folderOfDocs = fileURLToPath(new URL('../../../../docs/observability/', import.meta.url))
const rules = join(folderOfDocs, 'alerts.yml')

interface Dashboard {
  readonly panels: readonly { readonly title: string; readonly targets: readonly { readonly expr: string }[] }[]
}

const dashboard: Dashboard = JSON.parse(readFileSync(join(folderOfDocs, 'grafana-dashboard.json'), 'utf8'))
const queries = dashboard.panels.flatMap(({ title, targets }) => targets.map(({ expr }) => ({ title, expr })))

const {
  groups: ruleGroups,
}: { readonly groups: readonly { readonly rules: readonly { readonly alert: string }[] }[] } = parse(
  readFileSync(rules, 'utf8'),
)
const alertNames = ruleGroups.flatMap((group) => group.rules.map(({ alert }) => alert))

interface Alert {
  readonly exp_labels: Readonly<Record<string, string>>
  readonly exp_annotations: { readonly summary: string }
}

interface Symptom {
  /** Values in promtool's notation, by series; one value a minute. */
  readonly values: Readonly<Record<string, string>>
  /** Just after the shortest duration for which the rule must be true. */
  readonly evalTime: string
  readonly alerts: Readonly<Record<string, Alert | readonly Alert[]>>
}

/** A series of an instance, as Prometheus stores it. */
const series = (name: string, labels: Readonly<Record<string, string>> = {}) => {
  const all = { job: 'pocket', instance: 'a:9464', ...labels }
  return `${name}{${Object.entries(all)
    .map(([label, value]) => `${label}="${value}"`)
    .join(',')}}`
}
const criticalAlert = (summary: string, labels = {}): Alert => ({
  exp_labels: { severity: 'critical', ...labels },
  exp_annotations: { summary },
})
const warningAlert = (summary: string, labels = {}): Alert => ({
  ...criticalAlert(summary, labels),
  exp_labels: { severity: 'warning', ...labels },
})

const requests = (status: string) =>
  series('http_server_request_duration_seconds_count', { http_route: '/', http_response_status_code: status })
const requestsUntil = (le: string) => series('http_server_request_duration_seconds_bucket', { http_route: '/', le })
const signIns = (outcome: string) => series('pocket_sign_ins_total', { outcome, method: 'passkey' })
const runs = (job: string, outcome: string) => series('pocket_job_duration_seconds_count', { pocket_job: job, outcome })
const emails = (state: string) => series('pocket_email_queue', { state })
const statements = 'db_client_operation_duration_seconds_count'
const pending = series('db_client_connection_pending_requests')
const delay = series('nodejs_eventloop_delay_p99')

/** 600 requests a minute, of which 0.5 % fail and 0.5 % take longer than a second; the limits themselves raise no alert. */
const healthy: Readonly<Record<string, string>> = {
  [series('up')]: '1x200',
  [requests('200')]: '0+597x200',
  [requests('500')]: '0+3x200',
  [requestsUntil('0.5')]: '0+590x200',
  [requestsUntil('1')]: '0+597x200',
  [requestsUntil('+Inf')]: '0+600x200',
  [series(statements)]: '0+6000x200',
  [series(statements, { error_type: 'failed' })]: '0+5x200',
  [pending]: '0x8 3x2 0x190',
  [signIns('success')]: '0+3x200',
  [signIns('failure')]: '0+2x200',
  [runs('send-emails', 'success')]: '0+12x200',
  [runs('send-emails', 'failure')]: '0+1x200',
  [emails('waiting')]: '100x200',
  [emails('failed')]: '7x200',
  [delay]: '0.25x200',
}

const symptoms: readonly Symptom[] = [
  {
    values: { [series('up')]: '1x10 0x20' },
    evalTime: '14m',
    alerts: { PocketDown: criticalAlert('a:9464 does not answer', { job: 'pocket', instance: 'a:9464' }) },
  },
  {
    values: { [requests('503')]: '0+6x60' },
    evalTime: '20m',
    alerts: { PocketServerErrors: criticalAlert('1.485% of the requests fail') },
  },
  {
    values: { [requestsUntil('1')]: '0+590x60', [requestsUntil('2.5')]: '0+600x60' },
    evalTime: '20m',
    alerts: { PocketSlow: warningAlert('One request in a hundred takes longer than 1.6s') },
  },
  {
    values: { [series(statements, { error_type: 'failed' })]: '0+12x60' },
    evalTime: '10m',
    alerts: { PocketDatabaseErrors: criticalAlert('Database statements fail') },
  },
  {
    values: { [pending]: '0x10 2x50' },
    evalTime: '17m',
    alerts: {
      PocketConnectionsExhausted: warningAlert('a:9464 waits for database connections', { instance: 'a:9464' }),
    },
  },
  {
    // Since the start: no sign-in has succeeded yet.
    values: { [signIns('success')]: '_x60', [signIns('failure')]: '1+5x60' },
    evalTime: '15m',
    alerts: { PocketSignInsFail: warningAlert('More sign-ins fail than succeed') },
  },
  {
    values: { [signIns('success')]: '0+1x60', [signIns('failure')]: '0+3x60' },
    evalTime: '20m',
    alerts: { PocketSignInsFail: warningAlert('More sign-ins fail than succeed') },
  },
  {
    values: {
      [runs('failed', 'failure')]: '_x60 1x120',
      [runs('repeated', 'failure')]: '_x60 1x120',
      [runs('repeated', 'success')]: '_x65 1x120',
    },
    evalTime: '95m',
    alerts: { PocketJobFails: warningAlert('The job failed fails', { pocket_job: 'failed' }) },
  },
  {
    values: { [emails('waiting')]: '100x10 101x50' },
    evalTime: '27m',
    alerts: { PocketEmailsFail: warningAlert('E-mails are not delivered') },
  },
  {
    values: { [emails('failed')]: '7x10 8x50' },
    evalTime: '27m',
    alerts: { PocketEmailsFail: warningAlert('E-mails are not delivered') },
  },
  {
    values: { [delay]: '0.1x10 0.3x50' },
    evalTime: '22m',
    alerts: { PocketEventLoopBlocked: warningAlert('a:9464 needs more CPU', { instance: 'a:9464' }) },
  },
]

describeUnless(missing, describe)('Prometheus', () => {
  test('accepts the alert rules', () => {
    const { status, stdout, stderr } = spawnSync('/usr/bin/promtool', ['check', 'rules', rules], { encoding: 'utf8' })
    expect([status, stderr]).toEqual([0, ''])
    expect(stdout).toContain('SUCCESS')
  })

  test('accepts the configuration of the guide', async () => {
    await using folder = await createFolder()
    const guide = readFileSync(join(folderOfDocs, '../guides/observability.md'), 'utf8')
    const [, block = ''] = /^ *```yaml\n( *rule_files.*?)^ *```$/ms.exec(guide) ?? []
    await writeFile(join(folder.path, 'prometheus.yml'), block)
    await copyFile(rules, join(folder.path, 'alerts.yml'))
    const options = { cwd: folder.path, encoding: 'utf8' } as const
    const { status, stdout } = spawnSync('/usr/bin/promtool', ['check', 'config', 'prometheus.yml'], options)
    expect([status, stdout]).toEqual([0, expect.stringContaining(`${alertNames.length} rules found`)])
  })

  test('raises each alert for its symptom, and none for a healthy instance', async () => {
    await using folder = await createFolder()
    const tests = [{ values: {}, evalTime: '170m', alerts: {} }, ...symptoms].map(({ values, evalTime, alerts }) => ({
      interval: '1m',
      input_series: Object.entries({ ...healthy, ...values }).map(([series, of]) => ({ series, values: of })),
      alert_rule_test: alertNames.map((alertname) => ({
        alertname,
        eval_time: evalTime,
        exp_alerts: [alerts[alertname] ?? []].flat(),
      })),
    }))
    expect(new Set(symptoms.flatMap(({ alerts }) => Object.keys(alerts)))).toEqual(new Set(alertNames))
    const path = join(folder.path, 'test.yml')
    await writeFile(path, JSON.stringify({ rule_files: [rules], evaluation_interval: '1m', tests }))
    const { status, stdout, stderr } = spawnSync('/usr/bin/promtool', ['test', 'rules', path], { encoding: 'utf8' })
    expect([status, stdout, stderr]).toEqual([0, expect.stringContaining('SUCCESS'), ''])
  })

  test('answers every query of the dashboard and of the alerts with data of an instance under load', async () => {
    await using stack = new AsyncDisposableStack()
    const [metricsPort, port] = [await freePort(), await freePort()]
    const telemetry = stack.use(
      await startTelemetry({
        options: { ...telemetryOff, metrics: 'prometheus', prometheus: { host: '127.0.0.1', port: metricsPort } },
        ...{ version: '1.2.3', processes: 1, trustProxy: () => false },
        logger: createLogger({ logLevel: 'error', logJson: true }, { write() {} }),
      }),
    )
    const database = await databaseOf('PostgreSQL', stack)
    const instance = stack.use(await startInstance({ ...database, DISABLE_RATE_LIMITING: 'false' }))
    telemetry.measureWith(() => instance.app.measure())
    const { id } = await instance.app.pocket.clients.create({ name: 'App', redirectUris: ['https://app.example/'] })
    const { plain } = await instance.app.pocket.clients.addSecret(id)
    const headers = { authorization: `Basic ${Buffer.from(`${id}:${plain}`).toString('base64')}` }
    let people = 0
    const createLoad = async () => {
      // A sign-in with a code and a new passkey, a rejected code, and a token.
      if (people < 3) await instance.person(`person${people++}`)
      await instance.agent().postForm(`${instance.url}/lc`, { code: 'WRONG1' })
      const body = new URLSearchParams({ grant_type: 'client_credentials' })
      await fetch(`${instance.url}/api/oidc/token`, { method: 'POST', headers, body })
    }

    const folder = stack.use(await createFolder())
    const config = join(folder.path, 'prometheus.yml')
    await writeFile(
      config,
      JSON.stringify({
        global: { scrape_interval: '1s', evaluation_interval: '1s' },
        rule_files: [rules],
        scrape_configs: [{ job_name: 'pocket', static_configs: [{ targets: [`127.0.0.1:${metricsPort}`] }] }],
      }),
    )
    const args = [`--config.file=${config}`, `--storage.tsdb.path=${join(folder.path, 'data')}`]
    const address = `127.0.0.1:${port}`
    stack.use(
      await startProcess('/usr/bin/prometheus', [...args, `--web.listen-address=${address}`], {
        readyWhen: /ready to receive web requests/,
      }),
    )
    const sendRequest = async (path: string) => {
      const { status, error, data } = await (await fetch(`http://${address}/api/v1/${path}`)).json()
      expect([path, status, error]).toEqual([path, 'success', undefined])
      return data
    }
    const query = async (expr: string): Promise<readonly unknown[]> =>
      (await sendRequest(`query?${new URLSearchParams({ query: expr })}`)).result

    // Rates need two scrapes of a counter that grows.
    await eventually(async () => {
      await createLoad()
      const empty = []
      for (const { title, expr } of queries) {
        const filled = expr.replaceAll('$__rate_interval', '1m').replaceAll('$job', 'pocket')
        if ((await query(filled)).length === 0) empty.push(title)
      }
      expect(empty).toEqual([])
    })
    const { groups } = await sendRequest('rules')
    for (const { query: expr } of groups.flatMap(({ rules: all }: { readonly rules: readonly object[] }) => all))
      await query(expr)
    const alerts = groups.flatMap((group: { readonly rules: readonly { readonly health: string }[] }) => group.rules)
    expect(alerts.map(({ health }: { readonly health: string }) => health)).not.toContain('err')
  })
})
