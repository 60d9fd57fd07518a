/** A UUID in lower case, as all IDs of this package. The nil UUID is reserved for the environment's API key. */
export const idPattern =
  /^(?!00000000-0000-0000-0000-000000000000$)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** Whether the text can be an ID; external text may contain characters that a database rejects. */
export function isId(text: string): boolean {
  return idPattern.test(text)
}
