import { type ListRequest, offsetOf } from './api/list.ts'

/** One page of IDs, sorted by a value that their own store does not know; equal values keep their order. */
export function rankedPage(
  ids: readonly string[],
  valueOfId: (id: string) => number,
  request: Pick<ListRequest, 'page' | 'limit' | 'sort'>,
): readonly string[] {
  const direction = request.sort?.descending ? -1 : 1
  const first = offsetOf(request, ids.length)
  return ids.toSorted((a, b) => direction * (valueOfId(a) - valueOfId(b))).slice(first, first + request.limit)
}

export function sortByIds<Item>(
  ids: readonly string[],
  items: readonly Item[],
  idOf: (item: Item) => string,
): readonly Item[] {
  const places = new Map(ids.map((id, place) => [id, place]))
  return items.toSorted((a, b) => (places.get(idOf(a)) ?? 0) - (places.get(idOf(b)) ?? 0))
}
