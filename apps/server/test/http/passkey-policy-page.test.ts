import { beforeAll, describe, expect, test } from '@jest/globals'
import { SoftwareAuthenticator } from '@pocket/core/testing'
import { startHttpServer } from '@pocket/test-support'
import { metadataReader } from '../../src/webauthn/authenticator-metadata.ts'
import { registerPasskey } from '../api/instance.ts'
import { setUpAdministrator, shareWithAdministrator, startApp } from './app.ts'

const model = '2fc0579f-8113-47ea-b116-bb5a8db9202a'
const name = 'YubiKey 5 Series with NFC'

let pageUrl: string

// Even readable metadata does not cover every model.
const { running, agent } = shareWithAdministrator({
  FIDO_METADATA_FILE_PATH: new URL(import.meta.url).pathname,
  PASSKEY_ATTESTATION: 'none',
})

beforeAll(async () => {
  pageUrl = `${running.url}/settings/admin/passkeys`
})

const unchanged = {
  webauthnUserVerification: 'required',
  webauthnAuthenticatorAttachment: 'any',
  webauthnAllowSyncedPasskeys: 'true',
  passkeyAttestation: 'none',
  passkeyAllowedModels: '',
  passkeyDeniedModels: '',
  passkeyNonCompliance: 'keep',
}
type Fields = Readonly<Record<string, string>>
const unescapeQuotes = (text: string) => text.replaceAll('&#34;', '"')
const post = (changes: Fields) => agent.postForm(pageUrl, { ...unchanged, ...changes })
const fetchOwnSettings = async () =>
  (await agent.getJson(`${running.url}/api/settings`)).json() as Readonly<Record<string, unknown>>
const readSettings = async () => {
  const response = await agent.getJson(`${running.url}/api/application-configuration/all`)
  const list = response.json() as readonly { key: string; value: string }[]
  return Object.fromEntries(list.map(({ key, value }) => [key, value]))
}

describe('the policy for passkeys', () => {
  test('shows the current values, and those that the environment decides', async () => {
    const { status, text } = await agent.get(pageUrl)
    expect(status).toBe(200)
    expect(text).toMatch(/name="webauthnAllowSyncedPasskeys" value="true" checked/)
    expect(text).toMatch(/aria-labelledby="h-passkeyAttestation".*?<fieldset class="picks" disabled>/s)
    expect(text).toContain(`value="${name} (${model})"`)
    expect(text).toContain('Set by <code>PASSKEY_ATTESTATION</code>.')
    expect(text).toContain('Not read yet.')
  })

  test('saves changes without affected users directly, and only changed values', async () => {
    const before = await readSettings()
    const response = await post({ webauthnUserVerification: 'preferred', passkeyNonCompliance: 'warn' })
    expect([response.status, response.location]).toEqual([303, pageUrl])
    expect((await agent.get(pageUrl)).text).toContain('<p>Saved: <strong>Passkeys</strong></p>')
    expect(await readSettings()).toEqual({ ...before, webauthnUserVerification: 'preferred' })
    expect(await fetchOwnSettings()).toMatchObject({ passkeyNonCompliance: 'warn', passkeyAttestation: 'none' })
    await post({})
  })

  test('requires a review before a stricter policy: keep, warn, or reject', async () => {
    const review = await post({ webauthnAllowSyncedPasskeys: 'false' })
    expect(review.status).toBe(200)
    expect(review.text).toContain('Passkeys: 1 of 1')
    expect(review.text).toContain('You’re one of them')
    expect(review.text).toMatch(/<dt>Synced<\/dt><dd>1<\/dd>/)
    expect(await readSettings()).toMatchObject({ webauthnAllowSyncedPasskeys: 'true' })

    const fields = Object.fromEntries(
      [...review.text.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)">/g)].map(([, key, value]) => [
        key,
        value,
      ]),
    ) as Fields
    const decide = (choice: string) => agent.postForm(pageUrl, { ...fields, passkeyNonCompliance: choice })
    expect((await decide('warn')).status).toBe(303)
    expect(await readSettings()).toMatchObject({ webauthnAllowSyncedPasskeys: 'false' })
    expect(await fetchOwnSettings()).toMatchObject({ passkeyNonCompliance: 'warn' })
    expect((await agent.get(pageUrl)).text).toContain('Passkeys that don’t comply: 1 of 1')
    expect((await agent.get(`${running.url}/settings/account/security`)).text).toContain('no longer accepted')
    // A change that affects no more users than before needs no review.
    const kept = { webauthnAllowSyncedPasskeys: 'false' }
    expect((await post(kept)).status).toBe(303)
    // Rejecting passkeys that kept working so far needs a review.
    expect((await post({ ...kept, passkeyNonCompliance: 'require' })).text).toContain('You’re one of them')
    expect(await fetchOwnSettings()).toMatchObject({ passkeyNonCompliance: 'keep' })
    expect((await decide('require')).status).toBe(303)
    expect(await fetchOwnSettings()).toMatchObject({ passkeyNonCompliance: 'require' })
    expect((await post(kept)).status).toBe(303)
    expect((await post({})).status).toBe(303)
  })

  test('requires a review before it demands user verification from users whose passkeys never did it', async () => {
    await post({ webauthnUserVerification: 'preferred' })
    const { answer } = await registerPasskey(agent, running.url, new SoftwareAuthenticator({ userVerification: false }))
    expect(answer.status).toBe(200)
    const review = await post({})
    expect(review.text).toMatch(/<dt>No user verification<\/dt><dd>1<\/dd>/)
    expect(await readSettings()).toMatchObject({ webauthnUserVerification: 'preferred' })
    const { id } = answer.json() as { id: string }
    expect((await agent.sendJson('DELETE', `${running.url}/api/webauthn/credentials/${id}`)).status).toBe(204)
    expect((await post({})).status).toBe(303)
  })

  test('offers no choice in its review that the environment decides', async () => {
    await using decided = await startApp({ PASSKEY_NON_COMPLIANCE: 'warn' })
    const administrator = decided.agent()
    await setUpAdministrator(administrator, decided.url)
    const currentUrl = `${decided.url}/settings/admin/passkeys`
    const { passkeyNonCompliance: _decided, ...open } = { ...unchanged, webauthnAllowSyncedPasskeys: 'false' }
    const review = await administrator.postForm(currentUrl, open)
    expect(review.text).toContain('You’re one of them')
    expect(review.text).toMatch(/<fieldset class="picks" disabled>.*value="warn" checked/s)
    expect(review.text).toContain('Set by <code>PASSKEY_NON_COMPLIANCE</code>.')
    expect((await administrator.postForm(currentUrl, { ...open, reviewed: 'yes' })).status).toBe(303)
  })

  test('requires a review if other passkeys fail to comply, even if their number is unchanged', async () => {
    const key = { backupEligible: false, aaguid: model, attachment: 'cross-platform' } as const
    const { answer } = await registerPasskey(agent, running.url, new SoftwareAuthenticator(key))
    await post({ webauthnAuthenticatorAttachment: 'cross-platform', reviewed: 'yes' })
    const review = await post({ webauthnAuthenticatorAttachment: 'platform' })
    expect([review.status, review.text.includes('Passkeys: 1 of 2')]).toEqual([200, true])
    expect(await readSettings()).toMatchObject({ webauthnAuthenticatorAttachment: 'cross-platform' })
    expect((await post({})).status).toBe(303)
    const { id } = answer.json() as { id: string }
    expect((await agent.sendJson('DELETE', `${running.url}/api/webauthn/credentials/${id}`)).status).toBe(204)
  })

  test('does not overwrite a concurrent change, even in its review', async () => {
    const fetchFormVersion = async () =>
      unescapeQuotes(/name="version" value="([^"]+)"/.exec((await agent.get(pageUrl)).text)?.[1] ?? '')
    const [mine, before] = [await fetchFormVersion(), await readSettings()]
    expect(mine).not.toBe('')
    const review = await post({ webauthnAllowSyncedPasskeys: 'false', version: mine })
    expect(review.text).toContain(`name="version" value="${mine.replaceAll('"', '&#34;')}"`)
    expect((await post({ webauthnUserVerification: 'preferred', version: await fetchFormVersion() })).status).toBe(303)
    for (const reviewed of [{}, { reviewed: 'yes' }]) {
      const late = await post({ webauthnAllowSyncedPasskeys: 'false', version: mine, ...reviewed })
      expect([late.status, late.text.includes('is now: Where it can')]).toEqual([412, true])
      expect(late.text).toMatch(/name="webauthnAllowSyncedPasskeys" value="false" checked/)
      expect(late.text).toContain(`value="${(await fetchFormVersion()).replaceAll('"', '&#34;')}"`)
    }
    expect(await readSettings()).toEqual({ ...before, webauthnUserVerification: 'preferred' })
    expect((await post({ version: await fetchFormVersion() })).status).toBe(303)
    expect(await readSettings()).toEqual(before)
    // Another section of the settings causes no conflict.
    const kept = await fetchFormVersion()
    await agent.sendJson('PATCH', `${running.url}/api/settings`, { body: { ownAccountRemoval: true } })
    expect((await post({ version: kept })).status).toBe(303)
  })

  test("selects models by name, from the form's own list, or by AAGUID", async () => {
    const addModel = (text: string, list = '') => post({ passkeyDeniedModels: list, passkeyDeniedModelsAdd: text })
    expect((await addModel(name.toLowerCase())).status).toBe(303)
    const byName = (await fetchOwnSettings()).passkeyDeniedModels as readonly string[]
    expect(byName).toContain(model)
    expect((await addModel(`Whatever it is called (${model.toUpperCase()})`)).status).toBe(303)
    expect(await fetchOwnSettings()).toMatchObject({ passkeyDeniedModels: [model] })
    expect((await agent.get(pageUrl)).text).toContain(`<strong>${name}</strong>`)
    const wrong = await addModel('A key that nobody made', model)
    expect([wrong.status, wrong.text.includes('Unknown model:')]).toEqual([400, true])
    expect(await fetchOwnSettings()).toMatchObject({ passkeyDeniedModels: [model] })
    expect((await post({ passkeyDeniedModels: model, passkeyDeniedModelsDrop: model })).status).toBe(303)
    expect(await fetchOwnSettings()).toMatchObject({ passkeyDeniedModels: [] })
  })

  test('shows whether the metadata was read', async () => {
    expect((await agent.postForm(`${pageUrl}/metadata`, {})).status).toBe(303)
    expect((await agent.get(pageUrl)).text).toContain('couldn’t be read, or its signature is invalid')
  })

  test('reads the metadata from its file or its URL', async () => {
    const guard = { allowedPrivateHosts: ['127.0.0.1'], localIpv6Ranges: [] }
    const file = new URL(import.meta.url).pathname
    expect(await metadataReader({ fidoMetadata: { file }, ...guard })()).toContain('comes from its file')
    await using server = await startHttpServer((req, res) =>
      res.writeHead(req.url === '/blob' ? 200 : 404).end('a.b.c'),
    )
    const createReader = (path: string, extra = {}) =>
      metadataReader({ fidoMetadata: { url: server.url + path }, ...guard, ...extra })
    expect(await createReader('/blob')()).toBe('a.b.c')
    await expect(createReader('/moved')()).rejects.toThrow('404')
    await expect(createReader('/blob', { allowedPrivateHosts: [] })()).rejects.toThrow()
  })
})
