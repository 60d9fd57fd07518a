import leven from 'leven'

/** The name that is most similar to a misspelled one, ignoring case. */
export function closestName(misspelt: string, names: readonly string[]): string | undefined {
  const distanceTo = (name: string) => leven(misspelt.toLowerCase(), name.toLowerCase())
  const [closest] = names
    .map((name) => ({ name, distance: distanceTo(name) }))
    .filter(({ distance }) => distance <= maxEdits(misspelt))
    .sort((left, right) => left.distance - right.distance)
  return closest?.name
}

/** A name with at most so many edits contains one of the parts unchanged, so a search for each part finds it. */
export function searchParts(misspelt: string): readonly string[] {
  const characters = [...misspelt]
  const size = Math.ceil(characters.length / (maxEdits(misspelt) + 1))
  return Array.from({ length: Math.ceil(characters.length / size) }, (_, index) =>
    characters.slice(index * size, (index + 1) * size).join(''),
  )
}

export function hintOf(name: string | undefined): string {
  return name === undefined ? '' : `. Did you mean ${name}?`
}

function maxEdits(misspelt: string): number {
  return [...misspelt].length < 5 ? 1 : 2
}
