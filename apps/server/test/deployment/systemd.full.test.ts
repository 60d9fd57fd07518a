import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { describeUnless, freePort, startProcess } from '@pocket/test-support'
import { archive } from '../../scripts/archive.ts'

const run = promisify(execFile)

const unavailableReason =
  process.getuid?.() === 0 && existsSync('/usr/sbin/debootstrap')
    ? undefined
    : 'a Debian to install in cannot be made: run as root, after apt-get install --no-install-recommends debootstrap'

describeUnless(unavailableReason, describe)('the archive for machines without containers', () => {
  let base: string
  /** A fresh Debian, into which the archive is unpacked. */
  let root: string
  let folder: string
  let port: number

  beforeAll(async () => {
    base = await mkdtemp(join(tmpdir(), 'pocket-systemd-'))
    root = join(base, 'root')
    const file = await archive(join(base, 'release'))
    await run('sha256sum', ['--check', `${basename(file)}.sha256`], { cwd: join(base, 'release') })
    await run(
      'debootstrap',
      ['--variant=minbase', '--include=systemd', 'trixie', root, 'http://deb.debian.org/debian'],
      {
        maxBuffer: 2 ** 25,
      },
    )
    // An administrator with a strict umask.
    await run('sh', ['-c', 'umask 077; tar --no-same-permissions -xzf "$0" -C "$1"', file, join(root, 'root')])
    folder = join('/root', basename(file, '.tar.gz'))
    port = await freePort()
  }, 900_000)

  afterAll(() => rm(base, { recursive: true, force: true }))

  async function runInRoot(command: string): Promise<string> {
    const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
    return (await run('chroot', [root, '/bin/sh', '-ec', command], { env: { PATH } })).stdout.trim()
  }

  /** The command of the unit, by its user and in its working directory, as systemd starts it. */
  async function startService() {
    const unit = await readFile(join(root, 'etc/systemd/system/pocket-id.service'), 'utf8')
    const unitSetting = (name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(unit)?.[1] ?? ''
    const command = `cd ${unitSetting('WorkingDirectory')}; umask ${unitSetting('UMask')}; exec setpriv --reuid=${unitSetting('User')} --regid=${unitSetting('Group')} --clear-groups --bounding-set=-all -- ${unitSetting('ExecStart')}`
    return startProcess('chroot', [root, '/bin/sh', '-ec', command], { env: {}, readyWhen: /Listening on/ })
  }

  test('installs, runs, upgrades and uninstalls on Debian', async () => {
    await runInRoot(`umask 077; ${folder}/install.sh`)
    expect(await runInRoot('stat --format="%U:%G %a" /etc/pocket-id.env /var/lib/pocket-id')).toBe(
      'root:pocket-id 640\npocket-id:pocket-id 700',
    )
    const settings = join(root, 'etc/pocket-id.env')
    await writeFile(settings, `${await readFile(settings, 'utf8')}PORT=${port}\nAPP_NAME=Our home\n`)
    {
      await using server = await startService()
      expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(200)
      expect(await (await fetch(`http://127.0.0.1:${port}/login/setup`)).text()).toContain('Our home')
      server.kill('SIGTERM')
      expect(await server.exit).toBe(0)
    }
    expect(await runInRoot('stat --format="%U %a" /var/lib/pocket-id/data/pocket-id.db')).toBe('pocket-id 600')

    await cp(join(root, folder), join(root, 'root/next'), { recursive: true })
    await writeFile(join(root, 'root/next/app/added-by-the-upgrade'), '')
    await rm(join(root, 'root/next/app/locales/de.json'))
    await runInRoot('/root/next/install.sh')
    expect(await runInRoot('cd /usr/local/lib/pocket-id; ls added-by-the-upgrade locales/de.json || true')).toBe(
      'added-by-the-upgrade',
    )
    expect(await readFile(settings, 'utf8')).toContain('Our home')
    expect(await runInRoot('pocket-id users list --json')).toBe('[]')

    await runInRoot('/usr/local/lib/pocket-id/uninstall.sh')
    expect(await runInRoot('ls /usr/local/lib/pocket-id /usr/local/bin/pocket-id 2>/dev/null || true')).toBe('')
    expect(await runInRoot('ls /var/lib/pocket-id/data /etc/pocket-id.env')).toContain('pocket-id.db')
    await runInRoot(`${folder}/install.sh`)
    await runInRoot('/usr/local/lib/pocket-id/uninstall.sh --purge')
    expect(
      await runInRoot('ls /var/lib/pocket-id /etc/pocket-id.env 2>/dev/null || true; getent passwd pocket-id || true'),
    ).toBe('')
  }, 300_000)

  test('has a unit that systemd accepts, and rates as little exposed', async () => {
    await runInRoot(`${folder}/install.sh`)
    const unit = '/etc/systemd/system/pocket-id.service'
    expect(await runInRoot(`systemd-analyze verify --man=no ${unit} 2>&1`)).toBe('')
    await runInRoot(`systemd-analyze security --no-pager --offline=true --threshold=20 ${unit}`)
  }, 60_000)
})
