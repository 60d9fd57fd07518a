import { describe, expect, test } from '@jest/globals'
import { dsmAddress, redirectUriAllowed, redirectUriProblem } from '../../src/clients/redirect-uris.ts'

describe('a registered redirect URI', () => {
  test.each([
    ['https://h', 'https://h'],
    ['https://h', 'https://h/'],
    ['https://h/', 'https://h'],
    ['https://h:5001/', 'https://h:5001'],
    ['http://192.168.1.5:2283', 'http://192.168.1.5:2283/'],
    ['https://[::1]:5001', 'https://[::1]:5001/'],
    ['app.immich:///oauth-callback', 'app.immich:///oauth-callback'],
    ['https://h/callback?a=1', 'https://h/callback?a=1'],
  ])('%s allows %s', (registered, requested) => {
    expect(redirectUriAllowed([registered], requested)).toBe(true)
  })

  test.each([
    ['https://h/callback', 'https://h/callback/'],
    ['https://h/callback/', 'https://h/callback'],
    ['https://h', 'https://h//'],
    ['https://h', 'https://h/x'],
    ['https://h', 'https://h/?'],
    ['https://h', 'https://h?x'],
    ['https://h', 'https://h/#/signin'],
    ['https://h', 'https://h:443/'],
    ['https://h', 'https://H'],
    ['https://h', 'https://h.evil.example'],
    ['https://h', 'https://u@h'],
    ['https://h', 'http://h'],
    ['https://h', 'https://h\\@evil.example'],
    ['app.immich:', 'app.immich:/'],
    ['https://h', ''],
  ])('%s does not allow %s', (registered, requested) => {
    expect(redirectUriAllowed([registered], requested)).toBe(false)
  })

  test('none allows nothing', () => {
    expect(redirectUriAllowed([], 'https://h')).toBe(false)
  })
})

test.each([
  ['https://h', undefined],
  ['http://192.168.1.5:2283/auth', undefined],
  ['app.immich:///oauth-callback', undefined],
  ['com.example.app:/callback', undefined],
  ['https://h/#/signin', 'fragment'],
  ['https://h/#', 'fragment'],
  ['javascript:alert(1)', 'scheme'],
  ['data:text/html,x', 'scheme'],
  ['/callback', 'invalid'],
  ['h', 'invalid'],
  ['https:h', 'invalid'],
  ['nas:5001', 'invalid'],
  ['nas.example.com:5001', 'invalid'],
  ['urn:ietf:wg:oauth:2.0:oob', 'invalid'],
  ['https:///h', 'invalid'],
  ['https//h', 'invalid'],
  ['https://h/a b', 'invalid'],
  ['https://h\\callback', 'invalid'],
  ['https://user:secret@h', 'invalid'],
  ['https://*.h/callback', 'invalid'],
  ['*', 'invalid'],
  ['https://exa[mple.com', 'invalid'],
  ['', 'invalid'],
])('%s has the problem %s', (uri, problem) => {
  expect(redirectUriProblem(uri)).toBe(problem)
})

test.each([
  ['https://nas:5001/#/signin', 'https://nas:5001'],
  ['https://nas:5001#/signin', 'https://nas:5001'],
  ['https://nas:5001/#/', 'https://nas:5001'],
  ['https://nas:5001/#', 'https://nas:5001'],
  ['https://nas:5001', 'https://nas:5001'],
  ['https://nas:5001/', 'https://nas:5001/'],
  ['https://nas:5001/#/SIGNIN', 'https://nas:5001'],
  ['https://nas:5001/#/elsewhere', 'https://nas:5001'],
  ['https://nas:5001/webman/login.cgi', 'https://nas:5001'],
  ['https://nas:5001/?launchApp=X#/signin', 'https://nas:5001'],
  ['nas.example.com:5001', 'https://nas.example.com:5001'],
  ['nas:5001', 'https://nas:5001'],
  ['nas', 'https://nas'],
  ['app.immich:///x', 'app.immich:///x'],
  ['', ''],
])('%s, pasted for DSM, becomes %s', (given, corrected) => {
  expect(dsmAddress(given)).toEqual({ given, corrected })
})
