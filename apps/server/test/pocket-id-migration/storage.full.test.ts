import { beforeEach, describe, expect, test } from '@jest/globals'
import { shareBetweenTests } from '@pocket/test-support'
import { s3Keys, startS3Server } from '../images/s3-server.ts'
import { createSource } from './fixture.ts'
import { createTarget, type TargetDatabase } from './migrated-server.ts'

const pictures = 10
const s3 = shareBetweenTests(startS3Server)
const source = shareBetweenTests(() => createSource('archive'))
beforeEach(() => s3.objects.clear())

const storage = () => ({
  FILE_BACKEND: 's3',
  S3_ENDPOINT: s3.url,
  S3_BUCKET: 'pocket',
  S3_ACCESS_KEY_ID: s3Keys.accessKeyId,
  S3_SECRET_ACCESS_KEY: s3Keys.secretAccessKey,
  S3_FORCE_PATH_STYLE: 'true',
})

/** Only a server without users and clients announces the page that migrates. */
async function assertEmpty(target: Awaited<ReturnType<typeof createTarget>>): Promise<void> {
  await using _server = await target.start(storage(), /login\/setup\/pocket-id/)
}

describe.each<TargetDatabase>(['SQLite', 'PostgreSQL'])('pictures in S3, rows in %s', (kind) => {
  test('leaves an empty target when it is killed while the pictures are stored, and can be repeated', async () => {
    await using target = await createTarget(kind)
    const args = ['migrate-from-pocket-id', source.source, '--encryption-key-file', target.keyFile]
    await using command = await target.spawn(args, storage())
    let stored = 0
    s3.onRequest = (request) => {
      if (request.startsWith('PUT ') && ++stored === 4) command.kill('SIGKILL')
    }
    await command.exit
    s3.onRequest = undefined
    expect(stored).toBe(4)
    await assertEmpty(target)
    expect(await target.run([], args, storage())).toMatchObject({ exit: 0 })
    expect(s3.objects.size).toBe(pictures)
    await using _server = await target.start(storage())
    const logo = await fetch(`${target.url}/api/oidc/clients/wiki/logo?light=false`)
    const bytes = Buffer.from(await logo.arrayBuffer())
    expect([...s3.objects.values()].filter((each) => each.equals(bytes))).toHaveLength(1)
  })

  test('removes the pictures again when the storage rejects one', async () => {
    await using target = await createTarget(kind)
    let stored = 0
    s3.failWhen((request) => request.startsWith('PUT ') && ++stored === 4, 403)
    const { exit, output } = await target.run(
      [],
      ['migrate-from-pocket-id', source.source, '--encryption-key-file', target.keyFile],
      storage(),
    )
    expect({ exit, output }).toMatchObject({ exit: 1, output: expect.stringContaining('S3 storage failed to write') })
    expect(s3.objects.size).toBe(0)
    await assertEmpty(target)
  })
})
