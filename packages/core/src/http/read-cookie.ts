/**
 * The value of a cookie whose name contains an identifier. `cookies` keeps a regular expression for each name that it has read,
 * so that anyone could fill the memory.
 */
export function readCookie(header: string | undefined, name: string): string | undefined {
  const pair = header?.split(/; */).find((each) => each.startsWith(`${name}=`))
  return pair?.slice(name.length + 1)
}
