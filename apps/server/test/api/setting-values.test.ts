import { describe, expect, test } from '@jest/globals'
import { shareBetweenTests } from '@pocket/test-support'
import { type PocketIdKey, pocketIdKeys, settingOf } from '../../src/settings/definitions.ts'
import { startCalledInstance } from './calls.ts'
import {
  claimsJson,
  completeSettings,
  defaultTexts,
  fieldErrors,
  placeholder,
  valuesIn,
  write,
} from './setting-calls.ts'

/** Formats a value for test titles. */
function shorten(text: string): string {
  return text.length > 40 ? `${text.slice(0, 10)}… (${text.length})` : text
}

describe('values', () => {
  const instance = shareBetweenTests(() => startCalledInstance('SQLite'))

  const good: readonly (readonly [PocketIdKey, string])[] = [
    ['appName', 'x'],
    ['appName', '🔑'.repeat(30)],
    ['sessionDuration', '1'],
    ['sessionDuration', '5256000'],
    ['homePageUrl', '/apps?sort=name'],
    ['homePageUrl', 'https://home.example.com/'],
    ['accentColor', 'oklch(0.6 0.2 250 / 50%)'],
    ['accentColor', '#0a0'],
    ['allowUserSignups', 'withToken'],
    ['signupDefaultUserGroupIDs', '["a", "b"]'],
    ['signupDefaultCustomClaims', claimsJson(['a', 'x'], ['b', 'ü'])],
    ['smtpPort', '1'],
    ['smtpPort', '65535'],
    ['smtpFrom', 'Zoë@example.com'],
    ['smtpPassword', 'x'.repeat(4096)],
    ['ldapBindPassword', ' \tline\nbreak \u202e '],
    ['ldapBase', 'x'.repeat(4096)],
    ['webauthnAuthenticatorAttachment', 'cross-platform'],
    ['cimdUrlAllowlist', '["https://*.example.com/client.json"]'],
    ['cimdUrlAllowlist', '["https://client.example.com/a.json", "*"]'],
  ]

  test.each(good.map(([key, value]) => [key, shorten(value), value] as const))(
    'accepts for %s the value %j',
    async (key, _, value) => {
      const response = await instance.call(write, { body: completeSettings({ [key]: value }) })
      expect([response.status, fieldErrors(response)]).toEqual([200, []])
      const sensitive = key === 'smtpPassword' || key === 'ldapBindPassword'
      expect(valuesIn(response)[key]).toBe(sensitive ? placeholder : value)
    },
  )

  const bad: readonly (readonly [PocketIdKey, string, string])[] = [
    ['appName', '', 'required'],
    ['appName', 'x'.repeat(31), 'too_long'],
    ['appName', 'two\nlines', 'invalid_format'],
    ['appName', 'turned \u202e around', 'invalid_format'],
    ['sessionDuration', '', 'required'],
    ['sessionDuration', '0', 'too_short'],
    ['sessionDuration', '5256001', 'too_long'],
    ['sessionDuration', '1.5', 'invalid_format'],
    ['homePageUrl', '', 'required'],
    ['homePageUrl', 'javascript:alert(1)', 'invalid_format'],
    ['homePageUrl', '//evil.example', 'invalid_format'],
    ['accentColor', 'red;} body{display:none', 'invalid_format'],
    ['accentColor', '1'.repeat(101), 'too_long'],
    ['allowUserSignups', 'everybody', 'oneof'],
    ['signupDefaultUserGroupIDs', '{}', 'invalid_format'],
    ['signupDefaultCustomClaims', '[{"key":"a"}]', 'invalid_format'],
    ['signupDefaultCustomClaims', claimsJson(['email', 'x']), 'invalid_format'],
    ['signupDefaultCustomClaims', claimsJson(['a', 'x'], ['a', 'y']), 'invalid_format'],
    ['signupDefaultCustomClaims', '[{"key":"a","value":"\\u0000"}]', 'invalid_format'],
    ['smtpPort', '0', 'invalid_format'],
    ['smtpPort', '65536', 'invalid_format'],
    ['smtpFrom', 'nobody', 'invalid_format'],
    ['smtpFrom', 'a@b\r\nBcc: c@d', 'invalid_format'],
    ['smtpPassword', 'x'.repeat(4097), 'too_long'],
    ['webauthnAuthenticatorAttachment', '', 'required'],
    ['cimdUrlAllowlist', '["http://example.com"]', 'invalid_format'],
    ['cimdUrlAllowlist', '"https://example.com"', 'invalid_format'],
    ['cimdUrlAllowlist', `["https://${'x'.repeat(33_000)}"]`, 'too_long'],
  ]

  test.each(bad.map(([key, value, code]) => [key, shorten(value), code, value] as const))(
    'rejects for %s the value %j: %s',
    async (key, _, code, value) => {
      const response = await instance.call(write, { body: completeSettings({ [key]: value }) })
      expect([response.status, fieldErrors(response)]).toEqual([400, [`${key} ${code}`]])
    },
  )

  const booleans = pocketIdKeys.filter((key) => settingOf(key).kind.type === 'bool')
  test.each(booleans)('accepts only true or false for %s', async (key) => {
    for (const value of ['true', 'false'])
      expect(valuesIn(await instance.call(write, { body: completeSettings({ [key]: value }) }))[key]).toBe(value)
    for (const [value, code] of [
      ['', 'required'],
      ['TRUE', 'invalid_format'],
      ['1', 'invalid_format'],
    ] as const)
      expect(fieldErrors(await instance.call(write, { body: completeSettings({ [key]: value }) }))).toEqual([
        `${key} ${code}`,
      ])
  })

  test.each([true, 60, ['x'], { a: 1 }])('accepts only text as a value, not %j', async (value) => {
    const response = await instance.call(write, { body: completeSettings({ appName: value }) })
    expect(response).toMatchObject({ status: 400, json: { code: 'invalid_request_body' } })
  })

  test.each([[[]], ['text'], [null]])('accepts only an object as the body, not %j', async (body) => {
    expect(await instance.call(write, { body })).toMatchObject({ status: 400, json: { code: 'invalid_request_body' } })
  })

  test('rejects NUL and lone surrogates', async () => {
    for (const text of ['a\0b', 'half \ud83d'])
      expect(fieldErrors(await instance.call(write, { body: completeSettings({ smtpPassword: text }) }))).toEqual([
        'smtpPassword invalid_format',
      ])
  })

  test('accepts no property name of Object.prototype as a setting', async () => {
    const response = await instance.call(write, {
      body: { ...completeSettings(), constructor: { appName: 'x' }, toString: 'x' },
    })
    expect(valuesIn(response)).toEqual(defaultTexts)
    const body = JSON.parse('{"__proto__":{"appName":"x"}}')
    expect(await instance.call(write, { body })).toMatchObject({ status: 400, json: { code: 'invalid_request_body' } })
  })
})
