import { expect, test } from '@jest/globals'
import { InvalidConfigError, loadConfig } from '../../src/composition/config.ts'

const load = (environment: Readonly<Record<string, string>>, file = '') =>
  loadConfig(environment, () => Buffer.from(file))
const maxMind = 'https://download.maxmind.com/app/geoip_download?edition_id=GeoLite2-City&license_key='

test.each([
  [{}, 'data/GeoLite2-City.mmdb', null],
  [{ MAXMIND_LICENSE_KEY: '', GEOLITE_DB_URL: '', GEOLITE_DB_PATH: '' }, 'data/GeoLite2-City.mmdb', null],
  [{ MAXMIND_LICENSE_KEY: 'a/b c' }, 'data/GeoLite2-City.mmdb', `${maxMind}a%2Fb%20c&suffix=tar.gz`],
  [{ MAXMIND_LICENSE_KEY_FILE: '/run/key' }, 'data/GeoLite2-City.mmdb', `${maxMind}from-file&suffix=tar.gz`],
  [{ GEOLITE_DB_PATH: '/srv/x.mmdb' }, '/srv/x.mmdb', null],
  [{ GEOLITE_DB_URL: 'https://m.lan/%s/x' }, 'data/GeoLite2-City.mmdb', null],
  [{ GEOLITE_DB_URL: 'https://m.lan/%s/x', MAXMIND_LICENSE_KEY: 'k' }, 'data/GeoLite2-City.mmdb', 'https://m.lan/k/x'],
  [{ GEOLITE_DB_URL: 'https://m.lan/x' }, 'data/GeoLite2-City.mmdb', 'https://m.lan/x'],
])('%j: the database is at %s and is downloaded from %s', (environment, path, source) => {
  expect(load(environment, 'from-file\n').geoIp).toEqual({ path, source })
})

test('warns about a URL that needs a missing key', () => {
  const { warnings } = load({ GEOLITE_DB_URL: 'https://m.lan/%s/x' })
  expect(warnings).toEqual([
    expect.stringMatching(/GEOLITE_DB_URL requires a license key.*MAXMIND_LICENSE_KEY is not set/),
  ])
  expect(load({}).warnings.join()).not.toContain('GEOLITE')
})

test.each(['m.lan/x', 'ftp://user:secret@m.lan/x', 'file:///secret', '%s'])('rejects %s without printing it', (url) => {
  expect(() => load({ GEOLITE_DB_URL: url })).toThrow(InvalidConfigError)
  expect(() => load({ GEOLITE_DB_URL: url })).toThrow(/GEOLITE_DB_URL: it is not an http or https URL/)
  expect(() => load({ GEOLITE_DB_URL: url })).not.toThrow(/secret/)
})

test.each([
  ['', []],
  ['2001:db8:1::/48', ['2001:db8:1::/48']],
  [' 2001:db8:1::/48, 2a02:d400::/32 ,', ['2001:db8:1::/48', '2a02:d400::/32']],
])('accepts the local ranges %j', (input, expected) => {
  expect(load({ LOCAL_IPV6_RANGES: input }).localIpv6Ranges).toEqual(expected)
})

test.each([
  '10.0.0.0/8',
  '2001:db8::1',
  '2001:db8::/129',
  '2001:db8::/',
  '::ffff:10.0.0.0/104',
  'home',
  '2001:db8::/48;x',
])('rejects the invalid IPv6 range %s', (range) => {
  expect(() => load({ LOCAL_IPV6_RANGES: `2a02:d400::/32,${range}` })).toThrow(
    /LOCAL_IPV6_RANGES: .*not an IPv6 network/,
  )
})
