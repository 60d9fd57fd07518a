/** Whether nothing that lets somebody in would be left of these passkeys without `id`. */
export function isLastPasskey(ids: readonly string[], id: string, refused: readonly string[]): boolean {
  const lettingIn = ids.filter((each) => !refused.includes(each))
  return ids.length === 1 || (lettingIn.length === 1 && lettingIn[0] === id)
}
