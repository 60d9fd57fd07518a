import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { databaseKinds } from '@pocket/test-support'
import { createMachine } from '../backup/test-instance.ts'
import type { RunningApp } from '../http/app.ts'
import { createConfigurationFile } from './create-configuration-file.ts'

export const secret = 'a secret of the client that is long enough'

export const home = `
revision: 1
settings:
  appName: Our home
  signupDefaultUserGroupIDs: [family]
groups:
  - name: family
    friendlyName: Family
    requiresTwoPasskeys: true
    customClaims: [{ key: area, value: home }]
users:
  - username: grace
    email: grace@example.com
    firstName: Grace
    groups: [family]
clients:
  - id: jellyfin
    name: Jellyfin
    callbackURLs: [https://tv.example.com/sso/OID/redirect/pocket]
    allowedGroups: [family]
    secrets: ['\${JELLYFIN_SECRET}']
    protocol: { idTokenSignedResponseAlg: ES256 }
  - id: backup
    name: Backup
    callbackURLs: []
    federatedIdentities: [{ issuer: https://ci.example.com, subject: nightly }]
    scim: { endpoint: https://backup.example.com/scim, token: file:token }
apis:
  - resource: https://files.example.com
    name: Files
    permissions: [{ key: files.read, description: Read files }]
    access: [{ client: backup, clientPermissions: [files.read] }]
`

export const replacesFile =
  'warning: this file replaces pocket.yaml. A server with pocket.yaml reverts nothing until that file changes.\n'

/** The lines of the log about the file. */
export const findAppliedLines = ({ log }: RunningApp) =>
  log.filter((line) => line.includes('The configuration file was'))

/** A machine with the configuration file, and its commands. */
export async function createConfiguredMachine(kind: (typeof databaseKinds)[number], yaml: string) {
  await using stack = new AsyncDisposableStack()
  const file = stack.use(await createConfigurationFile(yaml))
  await writeFile(join(file.folder, 'token'), 'token-of-the-target\n')
  const machine = stack.use(await createMachine(kind))
  const configured = machine.with({ JELLYFIN_SECRET: secret, POCKET_CONFIG_FILE: file.path })
  const run = async (...args: readonly string[]) => {
    const { exit, stdout, stderr } = await configured.run(args)
    return { exit, stdout: stdout.toString(), stderr }
  }
  const owned = stack.move()
  return { file, machine, env: configured.env, run, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}
