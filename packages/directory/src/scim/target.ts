import { connectTo, type ScimConnectionOptions } from './connection.ts'
import { countAll, defaultLimits, type ListingLimits, listAll, readPage } from './listing.ts'
import { type Attributes, toPatch, toResource } from './representation.ts'
import { paths, type RemoteResource, remoteResource, type ScimKind } from './resource.ts'
import { isTargetFailure, ScimError } from './scim-error.ts'

/** The capabilities that a target reports (RFC 7643 §5). */
export interface TargetCapabilities {
  readonly patch: boolean
  readonly filter: boolean
  readonly bulk: boolean
}

const noCapabilities: TargetCapabilities = { patch: false, filter: false, bulk: false }

/** The result of a test (RFC 7643 §5). */
export interface TargetDescription {
  /** `null` if the target does not report them. */
  readonly capabilities: TargetCapabilities | null
  readonly users: number | null
  readonly groups: number | null
}

/** A provisioning target (RFC 7644 §3). Every method throws a {@link ScimError} if the target fails. */
export interface ScimTarget {
  readonly requests: number
  list(kind: ScimKind): Promise<readonly RemoteResource[]>
  /** `undefined` if it does not exist. */
  find(kind: ScimKind, id: string): Promise<RemoteResource | undefined>
  /**
   * The first object whose attribute matches the value, ignoring case; `undefined` if there is none or the target cannot
   * search.
   */
  search(kind: ScimKind, attribute: 'userName' | 'displayName', value: string): Promise<RemoteResource | undefined>
  /** `undefined` if the response contains no ID of the object. */
  create(kind: ScimKind, attributes: Attributes): Promise<RemoteResource | undefined>
  /** Uses `PATCH` if the target supports it, otherwise `PUT`. `undefined` if the response does not contain the object. */
  update(kind: ScimKind, present: RemoteResource, attributes: Attributes): Promise<RemoteResource | undefined>
  deactivate(present: RemoteResource): Promise<unknown>
  /** Succeeds if the object no longer exists. */
  remove(kind: ScimKind, id: string): Promise<void>
  describe(): Promise<TargetDescription>
}

/** A SCIM 2.0 service provider (RFC 7643, RFC 7644 §3) to which users and groups are provisioned. */
export function createScimTarget(options: ScimConnectionOptions, limits: ListingLimits = defaultLimits): ScimTarget {
  const connection = connectTo(options)
  const resourcePath = (kind: ScimKind, id: string) => `${paths[kind]}/${encodeURIComponent(id)}`
  let capabilities: Promise<TargetCapabilities | null> | undefined
  let isPatchRejected = false

  /** Requested on first use: a run without changes does not need it. */
  const getCapabilities = (): Promise<TargetCapabilities | null> => {
    capabilities ??= fetchCapabilities()
    return capabilities
  }
  const fetchCapabilities = async (): Promise<TargetCapabilities | null> => {
    try {
      const response = await connection.send({ method: 'GET', path: '/ServiceProviderConfig', noRetry: true })
      return (
        response && {
          patch: isSupported(response.patch),
          filter: isSupported(response.filter),
          bulk: isSupported(response.bulk),
        }
      )
    } catch (error) {
      // Many targets do not implement this endpoint, or not correctly.
      if (
        error instanceof ScimError &&
        (isTargetFailure(error) || ['not_found', 'refused', 'too_large'].includes(error.code))
      )
        return null
      throw error
    }
  }

  const update: ScimTarget['update'] = async (kind, present, attributes) => {
    const path = resourcePath(kind, present.id)
    const { patch } = (await getCapabilities()) ?? noCapabilities
    if (patch && !isPatchRejected) {
      try {
        return remoteResource(await connection.send({ method: 'PATCH', path, body: toPatch(attributes, present) }))
      } catch (error) {
        if (!(error instanceof ScimError) || ![400, 405, 501].includes(error.status ?? 0)) throw error
        isPatchRejected = true
      }
    }
    return remoteResource(await connection.send({ method: 'PUT', path, body: toResource(kind, attributes, present) }))
  }

  return {
    get requests() {
      return connection.requests
    },
    list: (kind) => listAll(connection, kind, limits),
    async find(kind, id) {
      try {
        const found = remoteResource(await connection.send({ method: 'GET', path: resourcePath(kind, id) }))
        return found?.id === id ? found : undefined
      } catch (error) {
        if (error instanceof ScimError && error.code === 'not_found') return undefined
        throw error
      }
    },
    async search(kind, attribute, value) {
      const filter = encodeURIComponent(`${attribute} eq ${JSON.stringify(value)}`)
      try {
        const path = `${paths[kind]}?filter=${filter}&startIndex=1&count=5`
        const { resources } = readPage(await connection.send({ method: 'GET', path }))
        return resources.find(({ content }) => String(content[attribute]).toLowerCase() === value.toLowerCase())
      } catch (error) {
        if (error instanceof ScimError && ['not_found', 'refused', 'not_scim'].includes(error.code)) return undefined
        throw error
      }
    },
    create: async (kind, attributes) =>
      remoteResource(await connection.send({ method: 'POST', path: paths[kind], body: toResource(kind, attributes) })),
    update,
    // The local user no longer exists, so the remaining values come from the target.
    deactivate: (present) => update('user', present, { active: false }),
    async remove(kind, id) {
      try {
        await connection.send({ method: 'DELETE', path: resourcePath(kind, id) })
      } catch (error) {
        if (!(error instanceof ScimError) || error.code !== 'not_found') throw error
      }
    },
    async describe() {
      const users = await countAll(connection, 'user')
      const groups = await countAll(connection, 'group').catch((error: unknown) => {
        if (error instanceof ScimError && error.code === 'no_scim_here') return undefined
        throw error
      })
      return { capabilities: await getCapabilities(), users: users ?? null, groups: groups ?? null }
    },
  }
}

function isSupported(capability: unknown): boolean {
  return (
    typeof capability === 'object' && capability !== null && 'supported' in capability && capability.supported === true
  )
}
