import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { shareBetweenTests } from '@pocket/test-support'
import { s3FileStore } from '../../src/files/choose-file-store.ts'
import { type Instance, startInstance } from '../api/instance.ts'
import { createFolder } from '../database/folder.ts'
import { s3Keys, startS3Server } from './s3-server.ts'
import { photoWithMetadata, svg } from './samples.ts'
import { fetchImage, statusAndCode, upload } from './uploads.ts'

const logo = '/api/application-images/logo'

async function listFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
}

const put = async (instance: Instance, bytes: Uint8Array | string) =>
  statusAndCode(await upload(instance.administrator, { method: 'PUT', url: instance.url + logo, bytes }))
const showLogo = (instance: Instance) => fetchImage(instance.agent(), instance.url + logo)

describe('a folder', () => {
  const folder = shareBetweenTests(createFolder)
  const instance = shareBetweenTests(() =>
    startInstance({ FILE_BACKEND: 'filesystem', UPLOAD_PATH: join(folder.path, 'uploads') }),
  )

  test('has the file of each image in use, and no other', async () => {
    expect(await put(instance, svg)).toEqual([204, ''])
    expect(await put(instance, await photoWithMetadata('png'))).toEqual([204, ''])
    const files = await listFiles(folder.path)
    expect(files).toEqual([expect.stringMatching(/uploads\/application\/[0-9a-f-]{36}\.png$/)])
    expect((await stat(files[0] ?? '')).mode & 0o077).toBe(0)
    expect((await showLogo(instance)).type).toBe('image/png')
    await instance.administrator.sendJson('DELETE', instance.url + logo)
    expect(await listFiles(folder.path)).toEqual([])
  })

  test('serves no image for a missing file', async () => {
    await put(instance, svg)
    for (const file of await listFiles(folder.path)) await rm(file)
    const result = await showLogo(instance)
    expect([result.status, result.bytes.toString()]).toEqual([404, expect.stringContaining('image_not_found')])
  })
})

describe('S3', () => {
  const s3 = shareBetweenTests(startS3Server)

  const startWithS3 = () =>
    startInstance({
      FILE_BACKEND: 's3',
      UPLOAD_PATH: '/some/prefix/',
      S3_ENDPOINT: s3.url,
      S3_BUCKET: 'pocket',
      S3_REGION: 'eu-central-1',
      S3_ACCESS_KEY_ID: s3Keys.accessKeyId,
      S3_SECRET_ACCESS_KEY: s3Keys.secretAccessKey,
      S3_FORCE_PATH_STYLE: 'true',
      S3_DISABLE_DEFAULT_INTEGRITY_CHECKS: 'true',
    })

  test('has the file of each image in use, and no other', async () => {
    await using instance = await startWithS3()
    expect(await put(instance, svg)).toEqual([204, ''])
    expect(await put(instance, await photoWithMetadata('png'))).toEqual([204, ''])
    expect([...s3.objects.keys()]).toEqual([
      expect.stringMatching(/^\/pocket\/some\/prefix\/application\/[0-9a-f-]{36}\.png$/),
    ])
    const result = await showLogo(instance)
    expect([result.type, result.bytes]).toEqual(['image/png', [...s3.objects.values()][0]])

    // A temporary failure of the storage reverts nothing.
    s3.failNext(403)
    expect(await put(instance, svg)).toEqual([500, 'internal_error'])
    expect((await showLogo(instance)).type).toBe('image/png')
    await instance.administrator.sendJson('DELETE', instance.url + logo)
    expect(s3.objects.size).toBe(0)
  })

  test('keeps no file of an upload that failed after the write', async () => {
    await using instance = await startWithS3()
    s3.breakNext('before the answer')
    expect(await put(instance, svg)).toEqual([500, 'internal_error'])
    expect([...s3.objects.keys()]).toEqual([])
    expect(await put(instance, svg)).toEqual([204, ''])
    expect(s3.objects.size).toBe(1)
    await instance.administrator.sendJson('DELETE', instance.url + logo)
  })

  test.each<[string, () => void]>([
    ['refuses', () => s3.failNext(403)],
    ['ends the connection before the response', () => s3.breakNext('before the answer')],
    ['ends the connection within the response', () => s3.breakNext('within the answer')],
    ['responds with a part of the file', () => s3.cutNext()],
  ])('serves no partial image and no cacheable error when it %s', async (_what, fail) => {
    await using instance = await startWithS3()
    expect(await put(instance, await photoWithMetadata('png'))).toEqual([204, ''])
    const whole = await instance.agent().fetch(instance.url + logo)
    const version = (whole.headers.get('etag') ?? '').replaceAll('"', '').slice(0, 16)
    fail()
    const failed = await instance.agent().fetch(`${instance.url}${logo}?v=${version}`)
    expect([failed.status, failed.headers.get('cache-control')]).toEqual([500, 'private, no-store'])
    const again = await instance.agent().fetch(`${instance.url}${logo}?v=${version}`)
    expect([again.status, again.headers.get('cache-control')]).toEqual([200, expect.stringContaining('immutable')])
    await instance.administrator.sendJson('DELETE', instance.url + logo)
  })

  test('deletes other files if one cannot be deleted', async () => {
    await using instance = await startWithS3()
    expect(await put(instance, svg)).toEqual([204, ''])
    const [kept = ''] = s3.objects.keys()
    s3.lock(kept)
    expect(await put(instance, await photoWithMetadata('png'))).toEqual([204, ''])
    await instance.administrator.sendJson('DELETE', instance.url + logo)
    expect([...s3.objects.keys()]).toEqual([kept])
  })

  const config = {
    bucket: 'pocket',
    region: 'us-east-1',
    endpoint: undefined as string | undefined,
    forcePathStyle: true,
    prefix: '',
    ...s3Keys,
  }

  test('reads nothing if there is no object, and reports why a read failed', async () => {
    const store = s3FileStore({ ...config, endpoint: s3.url })
    expect(await store.read('none')).toBeUndefined()
    await store.remove('none')
    const otherUser = s3FileStore({ ...config, endpoint: s3.url, secretAccessKey: 'wrong' })
    await expect(otherUser.read('none')).rejects.toThrow('403 <Error><Code>SignatureDoesNotMatch')
  })
})
