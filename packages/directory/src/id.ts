/** A UUID in lower case, as all ids of this package are. The nil UUID is nobody's: it stands for the key of the environment. */
export const idPattern =
  /^(?!00000000-0000-0000-0000-000000000000$)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** Whether there can be anything with this id; a text from outside may even be one that a database refuses. */
export function isId(text: string): boolean {
  return idPattern.test(text)
}
