/** Whether no usable passkey would remain without `id`. */
export function isLastPasskey(ids: readonly string[], id: string, rejectedIds: readonly string[]): boolean {
  const usableIds = ids.filter((passkeyId) => !rejectedIds.includes(passkeyId))
  return ids.length === 1 || (usableIds.length === 1 && usableIds[0] === id)
}
