import { readFile } from 'node:fs/promises'
import { expect, test } from '@jest/globals'
import { createNoopMeter, type Meter } from '@opentelemetry/api'
import { metricsReference } from '../../scripts/metrics-reference.ts'
import { metricDefinitions } from '../../src/telemetry/metric-definitions.ts'
import { recordMetrics } from '../../src/telemetry/metrics.ts'

const page = new URL('../../../../docs/reference/metrics.md', import.meta.url)

test('the reference of metrics is up to date', async () => {
  expect(await readFile(page, 'utf8')).toBe(metricsReference())
})

test('records every metric of the reference', () => {
  const created: string[] = []
  const meter: Meter = new Proxy(createNoopMeter(), {
    get: (target, key) => {
      const member = Reflect.get(target, key).bind(target)
      if (!String(key).startsWith('create')) return member
      return (name: string, options: object) => {
        created.push(name)
        return member(name, options)
      }
    },
  })
  using _recording = recordMetrics({ meter, version: '1.2.3', measure: () => undefined, unitInName: false })
  expect(created.sort()).toEqual(Object.keys(metricDefinitions).sort())
})
