import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from '@jest/globals'
import { describeUnless, eventually, freePort, startProcess } from '@pocket/test-support'
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
/** Metrics that the load of the test does not change. */
const withoutData: ReadonlySet<string> = new Set(['Outgoing requests'])
const queries = dashboard.panels.flatMap(({ title, targets }) => targets.map(({ expr }) => ({ title, expr })))

describeUnless(missing, describe)('Prometheus', () => {
  test('accepts the alert rules', () => {
    const { status, stdout, stderr } = spawnSync('/usr/bin/promtool', ['check', 'rules', rules], { encoding: 'utf8' })
    expect([status, stderr]).toEqual([0, ''])
    expect(stdout).toContain('SUCCESS')
  })

  test('raises alerts for sign-ins and jobs that have failed since the start', async () => {
    await using folder = await createFolder()
    const signIns = 'pocket_sign_ins_total{job="pocket",outcome="failure"}'
    const runs = (job: string, outcome: string) =>
      `pocket_job_duration_seconds_count{job="pocket",pocket_job="${job}",outcome="${outcome}"}`
    const alert = (alertname: string, evalTime: string, summaries: readonly string[], labels: object = {}) => ({
      ...{ alertname, eval_time: evalTime },
      exp_alerts: summaries.map((summary) => ({
        exp_labels: { severity: 'warning', ...labels },
        exp_annotations: { summary },
      })),
    })
    const test = {
      interval: '1m',
      input_series: [
        { series: signIns, values: '1+5x20' },
        { series: runs('failed', 'failure'), values: '_x60 1x120' },
        { series: runs('repeated', 'failure'), values: '_x60 1x120' },
        { series: runs('repeated', 'success'), values: '_x65 1x120' },
      ],
      alert_rule_test: [
        alert('PocketSignInsFail', '15m', ['More sign-ins fail than succeed']),
        alert('PocketJobFails', '95m', ['The job failed fails'], { pocket_job: 'failed' }),
        alert('PocketJobFails', '170m', []),
      ],
    }
    const path = join(folder.path, 'test.yml')
    await writeFile(path, JSON.stringify({ rule_files: [rules], evaluation_interval: '1m', tests: [test] }))
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
    const load = async () => {
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
    const ask = async (path: string) => {
      const { status, error, data } = await (await fetch(`http://${address}/api/v1/${path}`)).json()
      expect([path, status, error]).toEqual([path, 'success', undefined])
      return data
    }
    const query = async (expr: string): Promise<readonly unknown[]> =>
      (await ask(`query?${new URLSearchParams({ query: expr })}`)).result

    // Rates need two scrapes of a counter that grows.
    await eventually(async () => {
      await load()
      const empty = []
      for (const { title, expr } of queries) {
        const filled = expr.replaceAll('$__rate_interval', '1m').replaceAll('$job', 'pocket')
        if ((await query(filled)).length === 0 && !withoutData.has(title)) empty.push(title)
      }
      expect(empty).toEqual([])
    })
    const { groups } = await ask('rules')
    for (const { query: expr } of groups.flatMap(({ rules: all }: { readonly rules: readonly object[] }) => all))
      await query(expr)
    const alerts = groups.flatMap((group: { readonly rules: readonly { readonly health: string }[] }) => group.rules)
    expect(alerts.map(({ health }: { readonly health: string }) => health)).not.toContain('err')
  })
})
