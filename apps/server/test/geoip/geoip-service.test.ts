import { renameSync, writeFileSync } from 'node:fs'
import { copyFile, readdir, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { eventually, freePort, shareBetweenTests } from '@pocket/test-support'
import { startHttpsProxy } from '@pocket/test-support/https'
import { loadConfig } from '../../src/composition/config.ts'
import { type GeoIpService, openGeoIpService } from '../../src/geoip/geoip-service.ts'
import { createFolder, type TestFolder } from '../database/folder.ts'
import { recordingLogger } from '../database/recording-logger.ts'
import { ManualRepeat } from '../jobs/manual-repeat.ts'
import { archive, packDatabase, startDatabaseServer } from './database-server.ts'
import { cityDatabase } from './databases.ts'

const licenseKey = 'secret/license key'
const london = '81.2.69.160'
const hour = 3_600_000
const day = 24 * hour

const source = shareBetweenTests(() => startDatabaseServer())
let folder: TestFolder
let stack: AsyncDisposableStack
let now: number
/** Runs at the next read of the clock. */
let atNextRead: (() => void) | undefined
let path: string
let log: ReturnType<typeof recordingLogger>

beforeEach(async () => {
  stack = new AsyncDisposableStack()
  folder = stack.use(await createFolder())
  path = join(folder.path, 'data', 'GeoLite2-City.mmdb')
  now = Date.now()
  atNextRead = undefined
  log = recordingLogger()
  source.asked.length = 0
  source.serve(packDatabase(cityDatabase()))
})
afterEach(async () => {
  const output = log.lines.join()
  expect([output.includes(licenseKey), output.includes(encodeURIComponent(licenseKey))]).toEqual([false, false])
  await stack.disposeAsync()
})

function readClock(): number {
  const callback = atNextRead
  atNextRead = undefined
  callback?.()
  return now
}

async function openService(
  env: Readonly<Record<string, string>> = {},
  repeat = new ManualRepeat(),
  timeout = 20_000,
): Promise<GeoIpService> {
  const input = { MAXMIND_LICENSE_KEY: licenseKey, GEOLITE_DB_URL: source.url, ALLOWED_PRIVATE_HOSTS: '127.0.0.1' }
  const config = loadConfig({ ...input, GEOLITE_DB_PATH: path, ...env }, () => Buffer.alloc(0))
  const options = { logger: log.logger, clock: { now: readClock }, repeat: repeat.repeat, timeout }
  return stack.use(await openGeoIpService({ config, ...options, file: { pollInterval: 20, stabilityThreshold: 20 } }))
}

const never = new AbortController().signal
const run = async ({ jobs }: GeoIpService, signal = never) => {
  for (const job of jobs) await job.run(signal)
}
const cityOf = (fixture: GeoIpService) => fixture.geoIp.locate(london).city
const filesOf = async () => (await readdir(join(folder.path, 'data'))).sort()
const putByHand = async (content: Buffer, name = path) => {
  await writeFile(join(folder.path, 'given'), content)
  await rename(join(folder.path, 'given'), name)
}

/** Waits for the effect of a file watcher. */
const waitUntil = (condition: () => boolean) => eventually(() => expect(condition()).toBe(true))

test('downloads a missing database with the license key and uses it immediately', async () => {
  const fixture = await openService()
  expect([fixture.isMissing(), cityOf(fixture)]).toEqual([true, ''])
  await run(fixture)
  expect([fixture.isMissing(), cityOf(fixture)]).toEqual([false, 'London'])
  const key = encodeURIComponent(licenseKey)
  expect(source.asked).toEqual([
    `/app/geoip_download?license_key=${key.replace('%20', '+')}&suffix=tar.gz.sha256`,
    `/app/geoip_download?license_key=${key}&suffix=tar.gz`,
  ])
  expect(await readFile(path)).toEqual(cityDatabase())
  expect(await filesOf()).toEqual(['GeoLite2-City.mmdb'])
  await run(fixture)
  expect(source.asked).toHaveLength(2)
})

test('downloads a database again after 14 days, and replaces it during lookups', async () => {
  const fixture = await openService()
  await run(fixture)
  source.serve(packDatabase(cityDatabase('Londinium')))
  now += 14 * day
  await run(fixture)
  expect(cityOf(fixture)).toBe('London')
  now += hour
  const refreshed = run(fixture)
  const seen = new Set<string>()
  await Promise.all([
    refreshed,
    (async () => {
      for (let turns = 0; turns < 200; turns++) {
        seen.add(cityOf(fixture))
        await new Promise((resolve) => setImmediate(resolve))
      }
    })(),
  ])
  expect([...seen].filter((city) => city !== 'London' && city !== 'Londinium')).toEqual([])
  expect(cityOf(fixture)).toBe('Londinium')
})

describe('a downloaded file can be', () => {
  test.each([
    ['the database itself', () => cityDatabase('Here')],
    ['compressed', () => gzipSync(cityDatabase('Here'))],
    [
      'in an archive with a link of the expected name',
      () => archive({ 'x.mmdb': cityDatabase('Here') }, { 'GeoLite2-City.mmdb': '/etc/passwd' }),
    ],
    ['in an archive with a path outside of it', () => archive({ '../../../evil.mmdb': cityDatabase('Here') })],
  ])('%s', async (_, content) => {
    source.serve(content())
    const fixture = await openService()
    await run(fixture)
    expect([cityOf(fixture), await filesOf(), await readdir(folder.path)]).toEqual([
      'Here',
      ['GeoLite2-City.mmdb'],
      ['data'],
    ])
  })

  test('without a checksum', async () => {
    source.checksum = null
    const fixture = await openService()
    await run(fixture)
    expect(cityOf(fixture)).toBe('London')
  })

  test('from a source that needs no key', async () => {
    const url = source.url.replace(/\?.*/, '')
    const fixture = await openService({ GEOLITE_DB_URL: url, MAXMIND_LICENSE_KEY: '' })
    await run(fixture)
    expect([cityOf(fixture), source.asked]).toEqual(['London', ['/app/geoip_download']])
  })
})

const respondWithStatus = (code: number) => () => {
  source.answer = (_req, res) => void res.writeHead(code).end('<html>no</html>')
}

describe('a failed download keeps the current file and reports the cause', () => {
  const serve = (content: () => Buffer) => () => source.serve(content())
  test.each<[string, () => void, string, RegExp]>([
    [
      'the key is rejected',
      respondWithStatus(401),
      'license_refused',
      /127\.0\.0\.1:\d+ rejected the license key or the request \(401\)/,
    ],
    ['too many downloads', respondWithStatus(429), 'refused', /allows no more downloads today/],
    ['an error', respondWithStatus(503), 'refused', /responded with 503/],
    [
      'a page',
      serve(() => Buffer.from('<html>Log in to the hotel</html>')),
      'not_a_database',
      /not a complete MaxMind database/,
    ],
    [
      'a truncated archive',
      serve(() => packDatabase(cityDatabase()).subarray(0, -300)),
      'not_unpacked',
      /damaged or incomplete/,
    ],
    [
      'an archive without a database',
      serve(() => archive({ 'a.txt': Buffer.from('a') })),
      'not_unpacked',
      /contains no database/,
    ],
    [
      'countries',
      serve(() => packDatabase(cityDatabase('x', { type: 'GeoLite2-Country' }))),
      'not_of_cities',
      /GeoLite2-Country/,
    ],
    [
      'more than 300 MB, compressed',
      serve(() => Buffer.concat(Array<Buffer>(31).fill(gzipSync(Buffer.alloc(10_000_000))))),
      'too_large',
      /300 MB/,
    ],
    [
      'more than 300 MB, by its Content-Length',
      () => {
        source.answer = (_req, res) => void res.writeHead(200, { 'content-length': '300000001' }).write('x')
      },
      'too_large',
      /300 MB/,
    ],
    [
      'a connection that ends early',
      () => {
        source.answer = (_req, res) => {
          res.writeHead(200, { 'content-length': '100000' })
          res.write('x', () => res.destroy())
        }
      },
      'not_answered',
      /127\.0\.0\.1:\d+: The URL could not be fetched/,
    ],
    [
      'another checksum',
      () => {
        source.checksum = '0'.repeat(64)
      },
      'wrong_checksum',
      /checksum/,
    ],
    [
      'a page instead of the checksum',
      () => {
        source.checksum = '<html>'
      },
      'wrong_checksum',
      /no checksum/,
    ],
  ])('%s', async (_, arrange, code, message) => {
    const fixture = await openService()
    await run(fixture)
    now += 15 * day
    arrange()
    const failure: unknown = await run(fixture).then(
      () => 'succeeded',
      (error: unknown) => error,
    )
    expect(failure).toMatchObject({ code, message: expect.stringMatching(message) })
    expect(String(failure)).not.toContain('secret')
    expect([cityOf(fixture), await filesOf()]).toEqual(['London', ['GeoLite2-City.mmdb']])
  })

  test('no server, or only one at an address that is not allowed', async () => {
    const closed = await openService({ GEOLITE_DB_URL: `http://127.0.0.1:${await freePort()}/%s` })
    await expect(run(closed)).rejects.toMatchObject({
      code: 'not_answered',
      message: expect.stringMatching(/REFUSED/),
    })
    const forbidden = await openService({
      ALLOWED_PRIVATE_HOSTS: '',
      GEOLITE_DB_URL: source.url.replace('http:', 'https:'),
    })
    await expect(run(forbidden)).rejects.toThrow(/not on the public internet/)
    expect(source.asked).toEqual([])
  })

  test('an untrusted certificate', async () => {
    await using front = await startHttpsProxy(['127.0.0.1'], new URL(source.url).origin)
    const fixture = await openService({ GEOLITE_DB_URL: `https://${front.address}/%s` })
    await expect(run(fixture)).rejects.toMatchObject({
      code: 'not_answered',
      message: expect.stringMatching(/SELF_SIGNED/),
    })
    expect(source.asked).toEqual([])
  })

  test('a folder that is not writable', async () => {
    await writeFile(join(folder.path, 'file'), '')
    const fixture = await openService({ GEOLITE_DB_PATH: join(folder.path, 'file', 'places.mmdb') })
    await expect(run(fixture)).rejects.toMatchObject({ code: 'not_written', message: expect.stringMatching(/file/) })
  })

  test.each<[string, (res: ServerResponse) => void]>([['never responds', () => {}]])(
    'a server that %s',
    async (_, answer) => {
      const fixture = await openService({}, new ManualRepeat(), 300)
      source.checksum = null
      source.answer = (_req, res) => answer(res)
      await expect(run(fixture)).rejects.toMatchObject({
        code: 'not_answered',
        message: expect.stringMatching(/^127\.0\.0\.1:\d+: There was no response in time/),
      })
      expect(await filesOf()).toEqual([])
    },
  )

  test('a server that stops during the download', async () => {
    const started = Promise.withResolvers<void>()
    source.answer = (_req, res) => {
      res.write('x')
      started.resolve()
    }
    const fixture = await openService()
    const stop = new AbortController()
    const running = run(fixture, stop.signal)
    await started.promise
    stop.abort(new Error('This server stops'))
    await expect(running).rejects.toThrow()
    expect(await filesOf()).toEqual([])
  })
})

describe('a manually provided file', () => {
  test('is read at the start without a download source', async () => {
    const fixture = await openService({
      GEOLITE_DB_PATH: join(folder.path, 'mine.mmdb'),
      MAXMIND_LICENSE_KEY: '',
      GEOLITE_DB_URL: '',
    })
    await run(fixture)
    expect([fixture.isMissing(), cityOf(fixture), source.asked]).toEqual([false, '', []])
    await putByHand(cityDatabase('Mine'), join(folder.path, 'mine.mmdb'))
    const later = await openService({ GEOLITE_DB_PATH: join(folder.path, 'mine.mmdb'), MAXMIND_LICENSE_KEY: '' })
    expect(cityOf(later)).toBe('Mine')
  })

  test('replaces another one while the server runs, unless it is unusable', async () => {
    path = join(folder.path, 'GeoLite2-City.mmdb')
    await putByHand(cityDatabase('First'))
    const fixture = await openService({ MAXMIND_LICENSE_KEY: '', GEOLITE_DB_URL: '' })
    fixture.start()
    await putByHand(cityDatabase('Second'))
    await waitUntil(() => cityOf(fixture) === 'Second')
    await putByHand(Buffer.from('a page'))
    await waitUntil(() => log.lines.join().includes('cannot be used'))
    expect(cityOf(fixture)).toBe('Second')
    expect(fixture.notes()).toMatchObject({ 'refresh-geoip-database': { sentence: 'geoIpUnusable', values: { path } } })
    await expect(run(fixture)).rejects.toThrow(`${path} cannot be used: It is not a complete MaxMind database`)
    await writeFile(path, cityDatabase('Third'))
    await waitUntil(() => cityOf(fixture) === 'Third')
    await run(fixture)
    expect(fixture.notes()).toMatchObject({
      'refresh-geoip-database': { sentence: 'geoIpFrom', values: { type: 'GeoLite2-City' } },
    })
    await rm(path)
    await waitUntil(() => cityOf(fixture) === '')
  })

  test('is not downloaded again while it is recent, and is replaced if it is unusable', async () => {
    path = join(folder.path, 'GeoLite2-City.mmdb')
    await putByHand(cityDatabase('Mine'))
    const fixture = await openService()
    await run(fixture)
    expect([cityOf(fixture), source.asked]).toEqual(['Mine', []])
    await putByHand(Buffer.from('a page'))
    await run(fixture)
    expect(cityOf(fixture)).toBe('Mine')
    const fresh = await openService()
    expect(cityOf(fresh)).toBe('')
    await run(fresh)
    expect(cityOf(fresh)).toBe('London')
  })
})

describe('with several replicas', () => {
  test('one downloads for all that share a folder', async () => {
    const replicas = await Promise.all([openService(), openService(), openService()])
    await Promise.all(replicas.map((fixture) => run(fixture)))
    expect(source.asked).toHaveLength(2)
    await Promise.all(replicas.map((fixture) => run(fixture)))
    expect(replicas.map(cityOf)).toEqual(['London', 'London', 'London'])
  })

  test('one that gets the lock after another finished keeps the new file', async () => {
    const fixture = await openService()
    await run(fixture)
    const longAgo = new Date(now - 15 * day)
    await utimes(path, longAgo, longAgo)
    source.asked.length = 0
    // The first check has read the age of the file; then the other replica finishes.
    atNextRead = () => {
      writeFileSync(join(folder.path, 'given'), cityDatabase('Elsewhere'))
      renameSync(join(folder.path, 'given'), path)
    }
    await run(fixture)
    expect([cityOf(fixture), source.asked, await filesOf()]).toEqual(['Elsewhere', [], ['GeoLite2-City.mmdb']])
  })

  test('one that died does not block the others', async () => {
    path = join(folder.path, 'GeoLite2-City.mmdb')
    const [lock, part] = [`${path}.lock`, `${path}.1234.part`]
    for (const left of [lock, part]) await writeFile(left, '')
    const fixture = await openService()
    await run(fixture)
    expect([cityOf(fixture), source.asked]).toEqual(['', []])
    const longAgo = new Date(Date.now() - hour)
    for (const left of [lock, part]) await utimes(left, longAgo, longAgo)
    await run(fixture)
    expect([cityOf(fixture), await readdir(folder.path)]).toEqual(['London', ['GeoLite2-City.mmdb']])
  })

  test('each keeps its own file if they share no folder', async () => {
    const repeat = new ManualRepeat()
    respondWithStatus(503)()
    const fixture = await openService({}, repeat)
    fixture.start()
    await repeat.tick()
    expect([source.asked.length, log.lines.join().includes('responded with 503')]).toEqual([2, true])
    now += hour + 10 * 60_000 - 1
    await repeat.tick()
    expect(source.asked).toHaveLength(2)
    now += 1
    source.serve(packDatabase(cityDatabase()))
    await repeat.tick()
    expect(cityOf(fixture)).toBe('London')
    // The job has a limit of one day.
    now = Date.now() + 14.5 * day
    await repeat.tick()
    expect(source.asked).toHaveLength(4)
    now += day
    await repeat.tick()
    expect(source.asked).toHaveLength(6)
  })
})

test('reads the whole file into memory, so that later writes to it have no effect', async () => {
  const fixture = await openService()
  await run(fixture)
  await copyFile(path, join(folder.path, 'copy'))
  await writeFile(path, Buffer.alloc(10))
  expect(cityOf(fixture)).toBe('London')
})
