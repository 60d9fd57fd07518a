import { expect, test } from '@jest/globals'
import { deviceNames, deviceOf } from '../../src/http/device.ts'

const webKit = 'AppleWebKit/537.36 (KHTML, like Gecko)'
const chrome = `${webKit} Chrome/140.0.0.0`
const windows = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64)'
const mac = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)'
const iPhone = 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)'
const android = 'Mozilla/5.0 (Linux; Android 10; K)'

test.each([
  ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'Firefox on Linux'],
  [`${windows} ${chrome} Safari/537.36`, 'Chrome on Windows'],
  [`${windows} ${chrome} Safari/537.36 Edg/140.0.0.0`, 'Microsoft Edge on Windows'],
  [`${windows} ${chrome} Safari/537.36 OPR/120.0.0.0`, 'Opera on Windows'],
  [`${windows} ${chrome} Safari/537.36 Vivaldi/7.5`, 'Vivaldi on Windows'],
  [`${windows} ${webKit} HeadlessChrome/140.0.0.0 Safari/537.36`, 'Chrome on Windows'],
  [`${mac} AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15`, 'Safari on macOS'],
  [`${mac} AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15 Ddg/18.5`, 'DuckDuckGo on macOS'],
  [`${iPhone} Version/17.5 Mobile/15E148 Safari/604.1`, 'Safari on iOS 17.5'],
  [`${iPhone} CriOS/140.0 Mobile/15E148 Safari/604.1`, 'Chrome on iOS 17.5'],
  [`${iPhone} FxiOS/140.0 Mobile/15E148 Safari/605.1.15`, 'Firefox on iOS 17.5'],
  [iPhone.replaceAll('iPhone', 'iPad').concat(' Version/17.5 Mobile/15E148 Safari/604.1'), 'Safari on iOS 17.5'],
  [`${android} ${chrome} Mobile Safari/537.36`, 'Chrome on Android'],
  [`${android} ${webKit} SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36`, 'Samsung Internet on Android'],
  ['Mozilla/5.0 (Android 14; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0', 'Firefox on Android 14'],
  [`Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${chrome} Safari/537.36`, 'Chrome on Chrome OS'],
])('recognizes the browser %s as %s', (userAgent, device) => {
  expect(deviceOf(userAgent)).toBe(device)
})

test.each([
  ['curl/8.5.0', 'curl 8.5.0'],
  ['Wget/1.21.4', 'Wget 1.21.4'],
  ['Terraform/1.9.0 (+https://www.terraform.io) Terraform-Plugin-SDK/2.34', 'Terraform 1.9.0'],
  ['HashiCorp Terraform/1.9.0 (+https://www.terraform.io)', 'Terraform 1.9.0'],
  ['OpenTofu/1.8.0', 'OpenTofu 1.8.0'],
  ['kubectl/v1.30.0 (linux/amd64) kubernetes/7c48c2b', 'kubectl 1.30.0'],
  ['git/2.43.0', 'git 2.43.0'],
  ['python-requests/2.32.3', 'python-requests 2.32.3'],
  ['python-httpx/0.27.0', 'python-httpx 0.27.0'],
  ['Python-urllib/3.12', 'Python-urllib 3.12'],
  ['Python/3.12 aiohttp/3.9.5', 'Python 3.12'],
  ['Go-http-client/2.0', 'Go-http-client 2.0'],
  ['Java-http-client/21.0.2', 'Java-http-client 21.0.2'],
  ['okhttp/4.12.0', 'okhttp 4.12.0'],
  ['axios/1.7.2', 'axios 1.7.2'],
  ['PostmanRuntime/7.39.0', 'PostmanRuntime 7.39.0'],
])('recognizes the program %s as %s', (userAgent, device) => {
  expect(deviceOf(userAgent)).toBe(device)
})

test.each([
  'ansible-httpget',
  'node',
  'Chrome/1 on nothing',
  // An iOS app with an embedded browser, and a browser that names no system.
  `${iPhone} Mobile/15E148`,
  'Mozilla/5.0',
  '<script>alert(1)</script>',
])('does not guess the device of %s', (userAgent) => {
  expect(deviceOf(userAgent)).toBe(userAgent)
})

test('limits the length of an unknown user agent, and returns an empty string for a blank one', () => {
  expect(deviceOf('x'.repeat(500))).toBe(`${'x'.repeat(119)}…`)
  expect(deviceOf(`curl/${'9'.repeat(500)}`)).toHaveLength(120)
  expect([deviceOf(null), deviceOf(''), deviceOf('   ')]).toEqual(['', '', ''])
})

test('joins browser and system in the language, and changes nothing else', () => {
  const words = deviceNames({ text: (_, values) => `${values?.system}の${values?.browser}` })
  expect(words(deviceOf(`${iPhone} FxiOS/140.0 Mobile/15E148 Safari/605.1.15`))).toBe('iOS 17.5のFirefox')
  expect(words('Microsoft Edge on Windows')).toBe('WindowsのMicrosoft Edge')
  for (const same of ['', 'curl 8.5.0', 'Chrome/1 on nothing', 'Firefox on Windows, said somebody'])
    expect(words(same)).toBe(same)
})
