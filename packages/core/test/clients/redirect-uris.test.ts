import { describe, expect, test } from '@jest/globals'
import {
  redirectUriAllowed,
  redirectUriProblem,
  synologyRedirectUri,
  wildcardScope,
} from '../../src/clients/redirect-uris.ts'
import { matchesSequence } from '../../src/clients/wildcards.ts'

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
    ['https://example.com/Callback', 'HTTPS://EXAMPLE.com/Callback'],
    ['https://EXAMPLE.com:5001', 'https://example.com:5001/'],
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
    ['https://h', 'https://h.evil.example'],
    ['http://127.0.0.1/cb', 'http://127.0.0.1:99999/cb'],
    ['http://127.0.0.1/cb', 'http://127.0.0.1.evil.example/cb'],
    ['http://127.0.0.1/cb', 'http://127.0.0.1:1@evil.example/cb'],
    ['https://h', 'https://u@h'],
    ['https://h', 'http://h'],
    ['https://h', 'https://h\\@evil.example'],
    ['https://h/cb', 'https://h/cb\r\nSet-Cookie: a=b'],
    ['https://h/cb', 'https://h/cb%0d%0a'],
    ['https://h/cb', ' https://h/cb'],
    ['https://h/cb', 'https://h/c\tb'],
    ['https://h/cb', 'https:/h/cb'],
    ['https://h/cb', 'https:h/cb'],
    ['https://h/cb', 'https:///h/cb'],
    ['https://h/cb', 'https://h/./cb'],
    ['https://h/cb', 'https://h/x/../cb'],
    ['https://h/cb', 'https://h/%63b'],
    ['https://h/cb', 'https://%68/cb'],
    ['https://h/cb', 'https://h./cb'],
    ['https://h/cb', 'https://@h/cb'],
    ['https://h/cb', 'https://h:@evil.example/cb'],
    ['https://h/cb', 'https://h/cb;x'],
    ['https://h/cb', 'https://H/CB'],
    ['https://h/cb?a=b', 'https://h/cb?A=b'],
    ['https://k.example/cb', 'https://\u212a.example/cb'],
    ['app://h/cb', 'app://H/cb'],
    ['https://h', 'https://H\\@evil.example'],
    ['https://bücher.example/cb', 'https://xn--bcher-kva.example/cb'],
    ['https://example.com/cb', 'https://exаmple.com/cb'],
    ['https://example.com/cb', 'https://example。com/cb'],
    ['https://example.com/cb', 'https://example.com\u00ad/cb'],
    ['http://127.0.0.1/cb', 'http://127.1/cb'],
    ['http://127.0.0.1/cb', 'http://2130706433/cb'],
    ['http://127.0.0.1/cb', 'http://0x7f000001/cb'],
    ['http://[::1]/cb', 'http://[0:0:0:0:0:0:0:1]/cb'],
    ['http://localhost/cb', 'http://localhost.evil.example/cb'],
    ['http://localhost/cb', 'http://LOCALHOST:1@evil.example/cb'],
    ['app.immich:', 'app.immich:/'],
    ['https://h', ''],
  ])('%s does not allow %s', (registered, requested) => {
    expect(redirectUriAllowed([registered], requested)).toBe(false)
  })

  // The test vectors of Pocket ID.
  test.each([
    ['https://*.example.com/callback', 'https://subdomain.example.com/callback', true],
    ['https://*.example.com/callback', 'https://a.b.example.com/callback', true],
    ['https://*.example.com/callback', 'https://example.com/callback', false],
    ['https://*.example.com/callback', 'https://malicious.site?url=abc.example.com/callback', false],
    ['https://*.example.com/callback', 'https://malicious.site/x.example.com/callback', false],
    ['https://*.example.com/callback', 'https://malicious.site\\.example.com/callback', false],
    ['https://*.example.com/callback', 'https://a@b.example.com/callback', false],
    ['https://*.example.com/callback', 'http://a.example.com/callback', false],
    ['https://example.com:*/callback', 'https://example.com:8080/callback', true],
    ['https://example.com:*/callback', 'https://example.com/callback', true],
    ['https://example.com:80*/callback', 'https://example.com:8443/callback', false],
    ['https://example.com/*', 'https://example.com/callback', true],
    ['https://example.com/*', 'https://example.com/', false],
    ['https://example.com/*', 'https://example.com/a/b', false],
    ['https://example.com/*', 'https://example.com/a%2fb', false],
    ['https://example.com/*', 'https://example.com/callback%0d%0aX: y', false],
    ['https://example.com/app-*/cb', 'https://example.com/app-1/cb', true],
    ['https://example.com/app-*/cb', 'https://example.com/app-/cb', false],
    ['https://example.com/app/*/cb', 'https://example.com/app/../cb', false],
    ['https://example.com/*/cb', 'https://example.com/x/y/cb', false],
    ['https://example.com/**/callback', 'https://example.com/api/v1/foo/bar/callback', true],
    ['https://app*.example.com/callback', 'https://app1.example.com/callback', true],
    ['https://example.com/callback', 'https://example.com/callback?extra=value', false],
    ['https://example.com/*', 'https://example.com/callback?extra=value', false],
    ['https://example.com/callback?code=*&state=*', 'https://example.com/callback?state=1&code=2', true],
    ['https://example.com/callback?code=*&state=*', 'https://example.com/callback?code=2', false],
    ['https://example.com/callback?code=*', 'https://example.com/callback?code=a/b', false],
    ['https://example.com/callback?code=*', 'https://example.com/callback?code=1&code=2', false],
    ['https://example.com/callback', 'https://example.com\\callback', true],
    ['https://example.com/callback', 'https://example.com//evil.com/callback', false],
    ['https://example.com/callback', 'https://example.com/callback%0d%0aLocation:%20https://evil.com', false],
    ['https://example.com/callback#x', 'https://example.com/callback', true],
    ['https://user:*@example.com/callback', 'https://user:password@malicious.site#example.com/callback', false],
    ['com.example.app:/*', 'com.example.app:/callback', true],
    ['app.immich:///*', 'app.immich:///oauth-callback', true],
    // An ambiguous URL is parsed as a browser parses it; a URL that a server could parse differently is rejected.
    ['https://*.example.com/callback', 'https://evil.example%23.example.com/callback', false],
    ['https://*.example.com/callback', 'https://evil.example%2f.example.com/callback', false],
    ['https://*.example.com/callback', 'https://evil.example?.example.com/callback', false],
    ['https://*.example.com/callback', 'https://evil.example#.example.com/callback', false],
    ['https://*.example.com/callback', 'https://evil.example:80\\.example.com/callback', false],
    ['https://*.example.com/callback', 'https://a.example.com:1@evil.example/callback', false],
    ['https://*.example.com/callback', 'https://@a.example.com/callback', true],
    ['https://*.example.com/callback', 'https://evil.example／.example.com/callback', false],
    ['https://*.example.com/callback', 'https://a.exаmple.com/callback', false],
    ['https://*.example.com/callback', 'https://a.example.com./callback', false],
    ['https://*.example.com/callback', 'https://bücher.example.com/callback', true],
    ['https://*.bücher.example/callback', 'https://a.xn--bcher-kva.example/callback', true],
    ['https://*.example.com/callback', 'https://a.example.com/callback\r\nX: y', false],
    ['https://*.example.com/callback', 'https://a.example.com/\tcallback', false],
    ['https://*.example.com/*', 'https://a.example.com/%5cevil', false],
    ['https://*.example.com/*', 'https://a.example.com/%00', false],
    ['https://*.example.com/**', 'https://a.example.com/x/%2e%2e/y', true],
    ['https://*.example.com/app/**', 'https://a.example.com/app/%2e%2e/y', false],
    ['https://*.example.com/app/**', 'https://a.example.com/app/..\\y', false],
    // A wildcard does not match other domains, and a bare wildcard matches nothing.
    ['https://example.*/callback', 'https://example.net/callback', true],
    ['https://example.*/callback', 'https://example.com.evil.example/callback', false],
    ['http://192.168.1.*/callback', 'http://192.168.1.5/callback', true],
    ['http://192.168.1.*/callback', 'http://192.168.1.evil.example/callback', false],
    ['https://*/callback', 'https://evil.example/callback', false],
    ['*', 'https://example.com/callback', false],
    ['**', 'https://example.com/callback', false],
    ['*://*/**', 'javascript://x/%0aalert(1)', false],
    ['javascript:*', 'javascript:alert(1)', false],
    // A loopback address matches any port over plain http.
    ['http://127.0.0.1/callback', 'http://127.0.0.1:49152/callback', true],
    ['http://localhost:8000', 'http://localhost:18000/', true],
    ['http://[::1]/callback', 'http://[::1]:5000/callback', true],
    ['http://localhost/*', 'http://localhost:5000/callback', true],
    ['http://127.0.0.1/callback', 'http://127.0.0.1:49152/other', false],
    ['http://127.0.0.1/callback', 'http://localhost:49152/callback', false],
    ['http://127.0.0.1/callback', 'http://127.0.0.1.evil.example:80/callback', false],
    ['http://localhost/callback', 'http://localhost:80@evil.example/callback', false],
    ['https://localhost/callback', 'https://localhost:5000/callback', false],
  ])('compares %s with %s: %s', (registered, requested, allowed) => {
    expect(redirectUriAllowed([registered], requested)).toBe(allowed)
  })

  test('rejects a redirect URI that is built to cause backtracking', () => {
    const pattern = `https://h/${'*a'.repeat(100)}b?x=${'*a'.repeat(100)}b`
    const a = 'a'.repeat(10_000)
    // A backtracking matcher would exceed the time limit of a test on any machine.
    expect(redirectUriAllowed([pattern], `https://h/${a}?x=${a}`)).toBe(false)
  })

  test('matches wildcards up to a maximum length, and exact URIs of any length', () => {
    const long = `https://h/${'a'.repeat(1990)}`
    for (const [uri, allowed] of [
      [long, true],
      [`${long}a`, false],
      [`${long}${'a'.repeat(1e6)}`, false],
    ] as const) {
      expect(redirectUriAllowed(['https://h/*'], uri)).toBe(allowed)
      expect(redirectUriAllowed([uri], uri)).toBe(true)
    }
    expect(redirectUriProblem(long)).toBeUndefined()
    expect(redirectUriProblem(`${long}a`)).toBe('too_long')
  })

  test.each([
    ['*', 'a'],
    ['*ab', 'a'],
    ['*aab', 'aaaaaaaaaa'],
    ['*a*a*a*b', 'a'],
    [`${'*a'.repeat(50)}b`, 'a'],
    [`${'*ab'.repeat(50)}c`, 'ab'],
  ])('compares the pattern %s in linear time', (pattern, repeated) => {
    const maxPieceLength = Math.max(...pattern.split('*').map(({ length }) => length)) + 1
    for (const length of [100, 1000, 2000]) {
      let steps = 0
      const countAndCompare = (wanted: string, character: string) => {
        steps += 1
        return wanted === character
      }
      matchesSequence([...pattern], [...repeated.repeat(length / repeated.length)], {
        wildcard: '*',
        matchesItem: countAndCompare,
      })
      expect(steps).toBeLessThanOrEqual(length * maxPieceLength + pattern.length)
    }
  })

  test('allows plain http only for loopback addresses if the instance requires https', () => {
    const strict = { allowInsecure: false }
    for (const uri of ['http://nas.lan/cb', 'http://192.168.1.5:2283/cb', 'http://*.lan/cb']) {
      expect(redirectUriProblem(uri)).toBeUndefined()
      expect(redirectUriProblem(uri, strict)).toBe('insecure')
    }
    for (const uri of ['http://localhost/cb', 'http://127.0.0.1:5000/cb', 'https://nas.lan/cb', 'app:/cb']) {
      expect(redirectUriProblem(uri, strict)).toBeUndefined()
      expect(redirectUriAllowed([uri], uri, strict)).toBe(true)
    }
    expect(redirectUriAllowed(['http://nas.lan/cb'], 'http://nas.lan/cb', strict)).toBe(false)
  })

  test('allows nothing if no redirect URI is registered', () => {
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
  ['https://*.h/callback', undefined],
  ['https://h/**/callback?code=*', undefined],
  ['https://h:*/callback', undefined],
  ['com.example.app:/callback/*', undefined],
  ['*', 'wildcard'],
  ['**', 'wildcard'],
  ['*://h/callback', 'wildcard'],
  ['java*:alert(1)', 'wildcard'],
  ['javascript://%0aalert(1)/*', 'scheme'],
  ['data:/*', 'scheme'],
  ['https://user:*@example.com/callback', 'invalid'],
  ['https://h/*#x', 'fragment'],
  ['https//example.com/*', 'invalid'],
  ['https://exa[mple.com/*', 'invalid'],
  ['https:///*', 'invalid'],
  ['/callback/*', 'invalid'],
  ['https://exa[mple.com', 'invalid'],
  ['', 'invalid'],
])('%s has the problem %s', (uri, problem) => {
  expect(redirectUriProblem(uri)).toBe(problem)
})

test.each([
  ['https://h/callback', undefined],
  ['*', 'nothing'],
  ['**', 'nothing'],
  ['*://h/cb', 'nothing'],
  ['https://user:*@h/cb', 'nothing'],
  ['https://*/cb', 'other_domains'],
  ['https://*example.com/cb', 'other_domains'],
  ['https://example.*/cb', 'other_domains'],
  ['https://*.com/cb', 'other_domains'],
  ['https://*.co.uk/cb', 'other_domains'],
  ['https://*.duckdns.org/cb', 'other_domains'],
  ['http://192.168.1.*/cb', 'other_domains'],
  ['https://*.example.co.uk/cb', 'subdomains'],
  ['https://*.me.duckdns.org/*', 'subdomains'],
  ['https://app*.example.com/cb', 'subdomains'],
  ['https://*.nas.lan/cb', 'subdomains'],
  ['https://*.lan/cb', 'subdomains'],
  ['https://*.home.arpa/cb', 'subdomains'],
  ['https://h:*/cb', 'ports'],
  ['https://h/*', 'paths'],
  ['https://h/cb?x=*', 'paths'],
])('%s opens %s', (uri, opening) => {
  expect(wildcardScope(uri)).toBe(opening)
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
])('converts %s, pasted for DSM, to %s', (input, corrected) => {
  expect(synologyRedirectUri(input)).toEqual({ given: input, corrected })
})
