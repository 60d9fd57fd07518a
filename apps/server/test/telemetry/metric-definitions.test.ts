import { expect, test } from '@jest/globals'
import { createNoopMeter, type Meter } from '@opentelemetry/api'
import { metricDefinitions } from '../../src/telemetry/metric-definitions.ts'
import { recordMetrics } from '../../src/telemetry/metrics.ts'

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
