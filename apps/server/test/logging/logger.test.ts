import { describe, expect, test } from '@jest/globals'
import { createLogger, type Logger } from '../../src/logging/logger.ts'

function collectingLogger(logJson: boolean): { readonly logger: Logger; readonly lines: string[] } {
  const lines: string[] = []
  const logger = createLogger({ logLevel: 'info', logJson }, { write: (line) => lines.push(line) })
  return { logger, lines }
}

const secrets = {
  authorization: 's3cret-a',
  code: 's3cret-b',
  headers: { cookie: 's3cret-c', 'set-cookie': 's3cret-d', host: 'id.example.com' },
  request: {
    query: { code: 's3cret-g' },
    body: { client_secret: 's3cret-e', refresh_token: 's3cret-f', grant_type: 'refresh_token' },
  },
}

describe.each([true, false])('LOG_JSON=%s', (json) => {
  test('writes entries at or above the level, one per line', () => {
    const { logger, lines } = collectingLogger(json)
    logger.debug('a detail')
    logger.info('listening')
    logger.error('broken')
    expect(lines).toHaveLength(2)
    expect(lines.every((line) => line.indexOf('\n') === line.length - 1)).toBe(true)
  })

  test('redacts secrets at any depth and keeps the fields next to them', () => {
    const { logger, lines } = collectingLogger(json)
    logger.info(secrets, 'request')
    expect(lines.join()).not.toContain('s3cret')
    expect(lines.join()).toContain('[redacted]')
    expect(lines.join()).toContain('id.example.com')
    expect(lines.join()).toContain('grant_type')
  })

  test('keeps the code, message and stack of an error', () => {
    const { logger, lines } = collectingLogger(json)
    logger.error({ err: Object.assign(new Error('away'), { code: 'ECONNREFUSED' }) }, 'no database')
    expect(lines.join()).toContain('ECONNREFUSED')
    expect(lines.join()).toContain('away')
    expect(lines.join()).toContain('logger.test')
  })
})

test('makes collected entries readable together', () => {
  const lines: string[] = []
  const collected: string[] = []
  const logger = createLogger(
    { logLevel: 'info', logJson: false },
    { write: (text) => lines.push(text) },
    (output) => ({ write: (json) => collected.push(json) === 2 && output.write(collected.join('')) }),
  )
  logger.info({ job: 'one' }, 'first\nline')
  logger.info({ job: 'two' }, 'second')
  expect(lines.map((text) => text.replaceAll(/^\S+Z /gm, ''))).toEqual([
    'INFO  first\\u000aline job=one\nINFO  second job=two\n',
  ])
})

test('omits the parameters of a failed statement', () => {
  const { logger, lines } = collectingLogger(true)
  logger.error({ err: Object.assign(new Error('failed'), { parameters: ['s3cret'], query: 'INSERT' }) }, 'database')
  expect(lines.join()).toContain('failed')
  expect(lines.join()).not.toContain('s3cret')
})

test('a JSON line has the level name and the time in UTC', () => {
  const { logger, lines } = collectingLogger(true)
  logger.warn({ job: 'clean-up' }, 'late')
  const entry: unknown = JSON.parse(lines[0] ?? '')
  expect(entry).toEqual({ level: 'warn', time: expect.stringMatching(/^\d{4}-.*Z$/), job: 'clean-up', msg: 'late' })
})

test('a readable line has the time, level, message and fields', () => {
  const { logger, lines } = collectingLogger(false)
  logger.info({ url: 'http://localhost:1411', name: 'two words', count: 3 }, 'listening')
  expect(lines[0]).toMatch(/^\S+Z INFO {2}listening url=http:\/\/localhost:1411 name="two words" count=3\n$/)
})

test('no input can forge a line or move the cursor', () => {
  const { logger, lines } = collectingLogger(false)
  const hostile = 'x\n2030-01-01T00:00:00Z INFO all is well\u001b[2J\u2028y'
  logger.info({ [`k${hostile}`]: hostile, err: new Error(hostile) }, hostile)
  const [line = ''] = lines
  expect(line).not.toMatch(/^2030/m)
  expect(line).not.toContain('\u001b')
  expect(line).not.toContain('\u2028')
})
