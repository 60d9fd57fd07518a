import type { ManagedNote } from '../http/page.ts'
import { accountPaths } from '../http/paths.ts'
import { fileFieldOf } from './field-names.ts'
import type { ManagedKind } from './managed.table.ts'
import type { ManagedStore } from './managed-store.ts'

const kinds: Readonly<Record<string, ManagedKind>> = {
  users: 'users',
  'user-groups': 'groups',
  'oidc-clients': 'clients',
  apis: 'apis',
}

/** The fields that the configuration file declares of the object on an admin page, or of the viewer's profile. */
export function managedNotes(store: Pick<ManagedStore, 'find' | 'isUsed' | 'appliedFile'>) {
  return async (path: string, viewerId: string): Promise<ManagedNote | null> => {
    const object = objectOf(path, viewerId)
    if (!object || !(await store.isUsed())) return null
    const managed = await store.find(object.kind, object.id)
    const file = managed && (await store.appliedFile())
    return file ? { file: file.name, fields: managed.fields.map((field) => fileFieldOf(managed.kind, field)) } : null
  }
}

function objectOf(path: string, viewerId: string): { readonly kind: ManagedKind; readonly id: string } | undefined {
  if (path.split('?')[0] === accountPaths.profile) return { kind: 'users', id: viewerId }
  if (/^\/settings\/admin\/(application-configuration|ldap)\b/.test(path)) return { kind: 'settings', id: 'settings' }
  const [, segment = '', id = ''] = /^\/settings\/admin\/([^/?]+)\/([^/?]+)/.exec(path) ?? []
  const kind = Object.hasOwn(kinds, segment) ? kinds[segment] : undefined
  return kind && { kind, id: decode(id) }
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
