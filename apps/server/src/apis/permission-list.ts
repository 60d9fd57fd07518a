import type { ApiPermission } from '@pocket/core'
import { nameKey } from '@pocket/directory/internal'
import { type ListRequest, offsetOf, type Page } from '../http/api/list.ts'
import type { PickedItem } from '../http/choices.ts'

/** One page of the permissions; an API has a few hundred, all in memory. */
export function pageOfPermissions(
  permissions: readonly ApiPermission[],
  request: Pick<ListRequest, 'page' | 'limit' | 'search' | 'sort'>,
): Page<ApiPermission> {
  const search = nameKey(request.search)
  const matching = permissions.filter(({ key, name, description }) =>
    [key, name, description].some((text) => nameKey(text).includes(search)),
  )
  const direction = request.sort?.descending ? -1 : 1
  const sortKey = ({ key, name, allowedForCimdClients }: ApiPermission) => {
    if (request.sort?.column === 'name') return nameKey(name)
    return request.sort?.column === 'offered' ? String(allowedForCimdClients) : key
  }
  const { compare } = new Intl.Collator('en', { numeric: true })
  const sorted = matching.toSorted((a, b) => direction * compare(sortKey(a), sortKey(b)) || compare(a.key, b.key))
  const offset = offsetOf(request, sorted.length)
  return { total: sorted.length, items: sorted.slice(offset, offset + request.limit) }
}

export function pickedPermission({ id, name, key }: Pick<ApiPermission, 'id' | 'name' | 'key'>): PickedItem {
  return { id, name, detail: key }
}
