import { type Operation, operationsIn } from '../http/api/operation.ts'
import { namedObject } from '../http/api/schema.ts'
import { compatibleVersion, serverVersion } from './version.ts'

const settingsApi = operationsIn('settings')

/**
 * `/api/version`. Tools compare `currentVersion` with the required version of Pocket ID, so it is the version of the compatible
 * API.
 *
 * @param findLatestVersion - the latest version, empty if unknown
 */
export function versionOperations(findLatestVersion: () => Promise<string>): readonly Operation[] {
  const currentVersions = { currentVersion: compatibleVersion, pocketVersion: serverVersion() }
  return [
    settingsApi.get('/api/version/current', {
      id: 'currentVersion',
      summary: 'Read the versions of the API and of this server',
      response: {
        status: 200,
        schema: namedObject('CurrentVersionDto', {
          currentVersion: { type: 'string', description: 'The compatible version of Pocket ID.' },
          pocketVersion: { type: 'string', description: 'The version of this server.' },
        }),
      },
      handle: async () => currentVersions,
    }),
    settingsApi.get('/api/version/latest', {
      id: 'latestVersion',
      summary: 'Read the latest version',
      response: {
        status: 200,
        schema: namedObject('LatestVersionDto', {
          latestVersion: { type: 'string', description: 'Empty if unknown.' },
        }),
      },
      async handle({ ctx }) {
        ctx.set('Cache-Control', 'public, max-age=300, stale-while-revalidate=900')
        return { latestVersion: await findLatestVersion() }
      },
    }),
  ]
}
