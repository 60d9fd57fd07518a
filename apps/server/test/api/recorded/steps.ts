import { readFileSync } from 'node:fs'
import { type DifferenceId, differences } from '../../../scripts/pocket-id-compatibility.ts'

/** A status, and the members of the response that are compared. */
export interface ExpectedResponse {
  readonly status: number
  readonly members: unknown
}

/** A line of `pocket-id-2.14.txt`, which describes the format. */
export interface Step {
  readonly who: string
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly recorded: ExpectedResponse
  readonly difference: { readonly id: DifferenceId; readonly ours: ExpectedResponse } | undefined
  /** Names of values, and the members of the response that are kept as these. */
  readonly kept: Readonly<Record<string, string>>
}

const line =
  /^(?<who>\w+) (?<method>[A-Z]+) (?<path>\S+)(?: @(?<headers>\{\S+(?: \S+)*?\}))?(?: (?<body>.+?))? => (?<recorded>\d{3}(?: [[{].*?)?)(?: !(?<id>[\w-]+) (?<ours>\d{3}(?: [[{].*?)?))?(?<kept>(?: [\w-]+=[\w.?]*)*)$/

/** @throws {Error} for a line that is not in the format */
export function parseStep(text: string): Step {
  const found = line.exec(text)?.groups
  if (!found) throw new Error(`This is not a step: ${text}`)
  const { who = '', method = '', path = '', headers = '{}', body = '', recorded = '', id, ours = '', kept = '' } = found
  return {
    ...{ who, method, path, body },
    headers: JSON.parse(headers),
    recorded: parseExpectedResponse(recorded),
    difference: id === undefined ? undefined : { id: parseDifferenceId(id), ours: parseExpectedResponse(ours) },
    kept: Object.fromEntries(
      kept
        .split(' ')
        .filter(Boolean)
        .map((pair) => pair.split('=')),
    ),
  }
}

function parseExpectedResponse(text: string): ExpectedResponse {
  return { status: Number(text.slice(0, 3)), members: text.length > 3 ? JSON.parse(text.slice(4)) : {} }
}

function parseDifferenceId(id: string): DifferenceId {
  if (!Object.hasOwn(differences, id)) throw new Error(`The list has no difference ${id}`)
  // Checked above.
  return id as DifferenceId
}

export const stepLines: readonly string[] = readFileSync(new URL('pocket-id-2.14.txt', import.meta.url), 'utf8')
  .split('\n')
  .filter((text) => text !== '' && !text.startsWith('#'))

/** The paths of expected members that the response does not have. */
export function findMismatchedPaths(expected: unknown, ours: unknown, path = ''): readonly string[] {
  if (expected === '<any>') return ours === undefined ? [path] : []
  if (expected === '<text>') return typeof ours === 'string' ? [] : [path]
  if (Array.isArray(expected)) {
    if (!Array.isArray(ours) || ours.length !== expected.length) return [path]
    return expected.flatMap((value, index) => findMismatchedPaths(value, ours[index], `${path}[${index}]`))
  }
  if (typeof expected === 'object' && expected !== null) {
    const members = typeof ours === 'string' ? decodeClaims(ours) : ours
    if (typeof members !== 'object' || members === null) return [path]
    return Object.entries(expected).flatMap(([name, value]) =>
      findMismatchedPaths(value, Reflect.get(members, name), `${path}.${name}`),
    )
  }
  return matchesExpected(expected, ours) ? [] : [path]
}

function matchesExpected(expected: unknown, ours: unknown): boolean {
  if (typeof expected !== 'string' || typeof ours !== 'string' || !expected.includes('…')) return expected === ours
  const [start = '', ...parts] = expected.split('…')
  // Arbitrary text may follow each part.
  const rest = parts.reduce<string | undefined>((text, part) => {
    const index = text?.indexOf(part) ?? -1
    return index < 0 ? undefined : text?.slice(index + part.length)
  }, ours.slice(start.length))
  return ours.startsWith(start) && rest !== undefined
}

/** Of a JWT; empty for an opaque token. */
function decodeClaims(token: string): unknown {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString() || '{}')
}
