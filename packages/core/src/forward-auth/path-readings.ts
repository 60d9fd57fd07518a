/** The maximum number of interpretations; a path with more counts as ambiguous. */
const maxReadings = 200

/** A path that every server reads in the same way, apart from case. */
const plainPath = /^(?:\/(?:[\w~!$&'()*,=:@-]+(?:\.+[\w~!$&'()*,=:@-]+)*)?)+$/

/** Normalizations that servers and frameworks apply to a path before routing. */
const transformations: readonly ((path: string) => string)[] = [
  decode,
  (path) => path.normalize('NFKC'),
  // Non-ASCII letters that case folding maps to ASCII letters.
  (path) => path.replaceAll(/[\u0130\u0131]/g, 'i').replaceAll('\u017f', 's'),
  // File systems that ignore characters without a width.
  (path) => path.replaceAll(/\p{Default_Ignorable_Code_Point}/gu, ''),
  // Servers that decode `+` in a path to a space, as in a query.
  (path) => path.replaceAll('+', ' '),
  (path) => path.replaceAll('\\', '/'),
  (path) => path.replaceAll(/\/{2,}/g, '/'),
  removeDotSegments,
  // RFC 3986 §3.3: parameters of a segment.
  (path) => path.replaceAll(/;[^/]*/g, ''),
  // Servers that decode the target before they separate the query.
  (path) => path.replace(/[?#].*$/s, ''),
  // File systems that ignore dots and spaces at the end of a name.
  (path) => path.split('/').map(withoutTrailingDots).join('/'),
]

/**
 * All ways in which the application can read a path; `undefined` if it cannot be read safely. A rule applies only if it
 * matches every reading.
 */
export function readPath(path: string): readonly string[] | undefined {
  if (plainPath.test(path) && !path.includes('//')) return [path]
  if (!/^\/[\x21-\x7e]*$/.test(path) || /[#]|%(?![0-9a-f]{2})/i.test(path)) return undefined
  const readings = new Set([path])
  try {
    for (const reading of readings) {
      for (const transform of transformations) readings.add(transform(reading) || '/')
      if (readings.size > maxReadings) return undefined
    }
  } catch {
    // Invalid UTF-8, such as an overlong encoding.
    return undefined
  }
  return [...readings].some((reading) => /\p{Cc}/u.test(reading)) ? undefined : [...readings]
}

/** @throws {URIError} for invalid UTF-8 */
function decode(path: string): string {
  return path.replaceAll(/(?:%[0-9a-f]{2})+/gi, (text) => decodeURIComponent(text))
}

/** A loop, because a regular expression would search from each dot again. */
function withoutTrailingDots(segment: string): string {
  if (segment === '.' || segment === '..') return segment
  let end = segment.length
  while (end > 0 && '. '.includes(segment.charAt(end - 1))) end -= 1
  return segment.slice(0, end)
}

/** RFC 3986 §5.2.4. */
function removeDotSegments(path: string): string {
  const segments: string[] = []
  const all = path.split('/').slice(1)
  for (const segment of all) {
    if (segment === '..') segments.pop()
    else if (segment !== '.') segments.push(segment)
  }
  const isFolder = /^\.{1,2}$/.test(all.at(-1) ?? '') && segments.length > 0
  return `/${segments.join('/')}${isFolder ? '/' : ''}`
}
