import { type Operation, operation } from '../http/api/operation.ts'
import { named } from '../http/api/schema.ts'
import { compatibleVersion, serverVersion } from './version.ts'

/**
 * `/api/version`. Tools compare `currentVersion` with the required version of Pocket ID, so it is the version of the compatible
 * API.
 *
 * @param findLatestVersion - the latest version, empty if unknown
 */
export function versionOperations(findLatestVersion: () => Promise<string>): readonly Operation[] {
  const currentVersions = { currentVersion: compatibleVersion, pocketVersion: serverVersion() }
  return [
    operation({
      id: 'currentVersion',
      method: 'get',
      path: '/api/version/current',
      summary: 'Read the versions of the API and of this server',
      area: 'settings',
      response: {
        status: 200,
        schema: named('CurrentVersionDto', {
          type: 'object',
          required: ['currentVersion', 'pocketVersion'],
          properties: {
            currentVersion: { type: 'string', description: 'The compatible version of Pocket ID.' },
            pocketVersion: { type: 'string', description: 'The version of this server.' },
          },
        }),
      },
      handle: async () => currentVersions,
    }),
    operation({
      id: 'latestVersion',
      method: 'get',
      path: '/api/version/latest',
      summary: 'Read the latest version',
      area: 'settings',
      response: {
        status: 200,
        schema: named('LatestVersionDto', {
          type: 'object',
          required: ['latestVersion'],
          properties: { latestVersion: { type: 'string', description: 'Empty if unknown.' } },
        }),
      },
      async handle({ ctx }) {
        ctx.set('Cache-Control', 'public, max-age=300, stale-while-revalidate=900')
        return { latestVersion: await findLatestVersion() }
      },
    }),
  ]
}
