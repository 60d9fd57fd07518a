import leven from 'leven'

/** The name that is most similar to a misspelled one, ignoring case. */
export function closestName(misspelled: string, names: readonly string[]): string | undefined {
  const distanceTo = (name: string) => leven(misspelled.toLowerCase(), name.toLowerCase())
  const [closest] = names
    .map((name) => ({ name, distance: distanceTo(name) }))
    .filter(({ distance }) => distance <= maxEdits(misspelled))
    .sort((left, right) => left.distance - right.distance)
  return closest?.name
}

/** A name within `maxEdits` contains one of these parts unchanged, so a search for each part finds it. */
export function searchParts(misspelled: string): readonly string[] {
  const characters = [...misspelled]
  const size = Math.ceil(characters.length / (maxEdits(misspelled) + 1))
  return Array.from({ length: Math.ceil(characters.length / size) }, (_, index) =>
    characters.slice(index * size, (index + 1) * size).join(''),
  )
}

export function hintOf(name: string | undefined): string {
  return name === undefined ? '' : `. Did you mean ${name}?`
}

function maxEdits(misspelled: string): number {
  return [...misspelled].length < 5 ? 1 : 2
}
