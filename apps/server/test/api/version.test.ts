import { readFile } from 'node:fs/promises'
import { expect, test } from '@jest/globals'
import { startInstance } from './instance.ts'

test('the current version is that of the API, and our own stands beside it', async () => {
  await using instance = await startInstance()
  const { agent } = await instance.person('bob')
  const { version }: { readonly version: string } = JSON.parse(
    await readFile(new URL('../../package.json', import.meta.url), 'utf8'),
  )
  const answer = await agent.getJson(`${instance.url}/api/version/current`)
  expect([answer.status, answer.json()]).toEqual([200, { currentVersion: '2.14.0', pocketVersion: version }])
})

test('the latest version is public, and not known', async () => {
  await using instance = await startInstance()
  const answer = await instance.agent().getJson(`${instance.url}/api/version/latest`)
  expect([answer.status, answer.json()]).toEqual([200, { latestVersion: '' }])
  expect(answer.headers.get('cache-control')).toBe('public, max-age=300, stale-while-revalidate=900')
})
