/** Whether no usable passkey would remain without `id`. */
export function isLastPasskey(ids: readonly string[], id: string, refused: readonly string[]): boolean {
  const issuingAccess = ids.filter((each) => !refused.includes(each))
  return ids.length === 1 || (issuingAccess.length === 1 && issuingAccess[0] === id)
}
