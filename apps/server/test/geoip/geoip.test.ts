import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { writeMmdb } from '@pocket/test-support'
import { createGeoIp } from '../../src/geoip/geoip.ts'
import { type GeoIpDatabase, openGeoIpDatabase } from '../../src/geoip/geoip-database.ts'
import { createFolder } from '../database/folder.ts'
import { cityDatabase, networks } from './databases.ts'

async function openContent(content: Uint8Array): Promise<GeoIpDatabase> {
  await using folder = await createFolder()
  const path = join(folder.path, 'places.mmdb')
  await writeFile(path, content)
  return await openGeoIpDatabase(path)
}

const localIpv6Ranges = ['2a02:d400:1::/48', 'fd7a:115c:a1e0:ffff::/64']
const database = await openContent(cityDatabase())
const places = createGeoIp({ database: () => database, localIpv6Ranges })

const lan = ['Internal Network', 'LAN']
const tailscale = ['Internal Network', 'Tailscale']
const unknown = ['', '']

test.each([
  ['81.2.69.160', ['United Kingdom', 'London']],
  ['::ffff:81.2.69.160', ['United Kingdom', 'London']],
  ['2.125.160.216', ['Sweden', '']],
  ['2a02:d400::1', ['Germany', 'Munich']],
  ['2A02:D400:0:0::1', ['Germany', 'Munich']],
  ['1.1.1.1', unknown],
  ['10.0.0.1', lan],
  ['172.16.0.1', lan],
  ['172.31.255.255', lan],
  ['172.32.0.1', unknown],
  ['192.168.1.5', lan],
  ['::ffff:192.168.1.5', lan],
  ['127.0.0.1', lan],
  ['::1', lan],
  ['169.254.1.1', lan],
  ['fe80::1', lan],
  ['fe80::1%eth0', lan],
  ['fd00::1', lan],
  ['fc00::1', lan],
  ['2a02:d400:1::7', lan],
  ['100.64.0.0', tailscale],
  ['100.127.255.255', tailscale],
  ['100.63.255.255', unknown],
  ['100.128.0.0', unknown],
  ['fd7a:115c:a1e0::1', tailscale],
  ['fd7a:115c:a1e0:ffff::1', lan],
  ['fd7a:115c:a1e1::1', lan],
  ['0.0.0.0', unknown],
  ['255.255.255.255', unknown],
  ['ff02::1', unknown],
  ['10', unknown],
  ['0x0a000001', unknown],
  ['192.168.1.5:443', unknown],
  ['81.2.69.160, 10.0.0.1', unknown],
  ['unknown', unknown],
  ['', unknown],
  [null, unknown],
])('locates %s in %j', (address, expected) => {
  const { country, city } = places.locate(address)
  expect([country, city]).toEqual(expected)
})

test('recognizes internal networks without a database', () => {
  const withoutDatabase = createGeoIp({ database: () => null, localIpv6Ranges: [] })
  expect(withoutDatabase.locate('192.168.1.5')).toEqual({ country: 'Internal Network', city: 'LAN' })
  expect(withoutDatabase.locate('81.2.69.160')).toEqual({ country: '', city: '' })
})

test('returns no location if the database fails during a lookup', () => {
  const damaged = {
    find: () => {
      throw new RangeError('beyond the end')
    },
  }
  expect(createGeoIp({ database: () => damaged, localIpv6Ranges: [] }).locate('1.1.1.1')).toEqual({
    country: '',
    city: '',
  })
})

test.each([
  ['en', 'London', 'United Kingdom'],
  ['de', 'London', 'Vereinigtes Königreich'],
  ['pt-BR', 'Londres', 'Reino Unido'],
  ['zh-Hans', '伦敦', '英国'],
  // The database lacks these names: browsers and this server know the country names.
  ['zh-Hant', 'London', '英國'],
  ['nl', 'London', 'Verenigd Koninkrijk'],
])('in %s it is %s, %s', (language, city, country) => {
  const kept = places.locate('81.2.69.160')
  expect(places.localize(kept, '81.2.69.160', language)).toEqual({ city, country })
})

test('keeps a stored location, even if the IP address has moved since', () => {
  const kept = { country: 'France', city: 'Paris' }
  for (const address of ['81.2.69.160', '1.1.1.1', '10.0.0.1', null])
    expect(places.localize(kept, address, 'de')).toEqual(kept)
})

test('searches the database once per lookup, and never for an internal IP address', () => {
  const searched: string[] = []
  const find = (address: string) => {
    searched.push(address)
    return database.find(address)
  }
  const counted = createGeoIp({ database: () => ({ find }), localIpv6Ranges })
  for (const address of ['81.2.69.160', '10.0.0.1', '::1', '100.64.0.1', null]) counted.locate(address)
  expect(searched).toEqual(['81.2.69.160'])
})

function createDamaged(): Buffer {
  const content = Buffer.from(cityDatabase())
  // The data after the tree is filled with pointers to themselves.
  const end = content.lastIndexOf('MaxMind.com') - 3
  const begin = content.indexOf(Buffer.alloc(16)) + 16
  return content.fill(0x3f, begin, end)
}

test.each([
  ['damaged records', createDamaged(), 'not_a_database'],
  ['nothing', Buffer.alloc(0), 'not_a_database'],
  ['a page', Buffer.from('<!doctype html><title>Sign in</title>'), 'not_a_database'],
  ['zeros', Buffer.alloc(100_000), 'not_a_database'],
  ['a truncated end', cityDatabase().subarray(0, -60), 'not_a_database'],
  ['a truncated beginning', cityDatabase().subarray(1000), 'not_a_database'],
  ['countries', writeMmdb({ type: 'GeoLite2-Country', networks }), 'not_of_cities'],
])('rejects %s as a city database', async (_, content, code) => {
  await expect(openContent(content)).rejects.toMatchObject({ name: 'GeoIpError', code })
})

test('accepts city databases of MaxMind and others', async () => {
  for (const type of ['GeoLite2-City', 'GeoIP2-City', 'GeoIP2-City-Europe', 'DBIP-City-Lite'])
    expect(await openContent(cityDatabase('London', { type }))).toMatchObject({ type, builtAt: Date.UTC(2026, 0, 1) })
})
