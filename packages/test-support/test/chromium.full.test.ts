import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { addVirtualAuthenticator, launchBrowser } from '@pocket/test-support'
import type { Page } from 'playwright-core'
import { servePage } from './page-server.ts'

const html = '<!doctype html><html lang="en"><title>Passkeys</title><p>The quick brown fox</p></html>'

async function register(page: Page): Promise<string | undefined> {
  return page.evaluate(async () => {
    const credential = await navigator.credentials.create({
      publicKey: {
        challenge: crypto.getRandomValues(new Uint8Array(32)),
        rp: { id: 'localhost', name: 'Test' },
        user: { id: new TextEncoder().encode('user 1'), name: 'ada', displayName: 'Ada' },
        pubKeyCredParams: [{ type: 'public-key', alg: -7 }],
        authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      },
    })
    return credential?.id
  })
}

async function signIn(page: Page): Promise<string | undefined> {
  return page.evaluate(async () => {
    const challenge = crypto.getRandomValues(new Uint8Array(32))
    try {
      const credential = await navigator.credentials.get({ publicKey: { challenge, userVerification: 'required' } })
      return credential?.id
    } catch (error) {
      return error instanceof DOMException ? error.name : String(error)
    }
  })
}

test('registers and uses a passkey in two browsers that unpack Chromium concurrently', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'pocket-test-cold-'))
  try {
    await using server = await servePage(html)
    const results = await Promise.all(
      ['one', 'other'].map(async () => {
        await using browser = await launchBrowser({ unpackInto: folder })
        const page = await browser.newPage()
        await addVirtualAuthenticator(page)
        await page.goto(server.url)
        return { registered: await register(page), used: await signIn(page) }
      }),
    )

    for (const { registered, used: signedIn } of results) {
      expect(registered).toMatch(/^[\w-]{20,}$/)
      expect(signedIn).toBe(registered)
    }
    expect(new Set(results.map(({ used: signedIn }) => signedIn)).size).toBe(2)
    // Only one of the two unpacked folders is kept.
    const remainingFolders = await readdir(folder)
    expect(remainingFolders).toEqual(
      process.env.CHROME_PATH ? [] : [expect.stringMatching(/^pocket-test-chromium-[\d.]+-\d+$/)],
    )
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

test('blocks requests to other machines', async () => {
  await using browser = await launchBrowser()
  const page = await browser.newPage()

  await expect(page.goto('http://host.invalid.example/')).rejects.toThrow('ERR_NAME_NOT_RESOLVED')
  await expect(page.goto('http://192.0.2.1/')).rejects.toThrow('ERR_NAME_NOT_RESOLVED')
})
