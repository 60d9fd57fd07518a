/**
 * Whether a complete sequence matches a pattern, in which `star` matches any number of items. The number of steps is at
 * most the product of the lengths, because the sequence may come from anyone.
 */
export function matchesSequence<P, T>(
  pattern: readonly P[],
  sequence: readonly T[],
  { wildcard, matchesItem }: { readonly wildcard: P; readonly matchesItem: (patternItem: P, item: T) => boolean },
): boolean {
  let patternIndex = 0
  let sequenceIndex = 0
  let lastWildcard = -1
  let resumeIndex = 0
  while (sequenceIndex < sequence.length) {
    const patternItem = pattern[patternIndex]
    if (patternIndex < pattern.length && patternItem === wildcard) {
      lastWildcard = patternIndex
      resumeIndex = sequenceIndex
      patternIndex += 1
    } else if (patternIndex < pattern.length && matchesItem(patternItem as P, sequence[sequenceIndex] as T)) {
      patternIndex += 1
      sequenceIndex += 1
    } else if (lastWildcard >= 0) {
      resumeIndex += 1
      sequenceIndex = resumeIndex
      patternIndex = lastWildcard + 1
    } else return false
  }
  return pattern.slice(patternIndex).every((remainingItem) => remainingItem === wildcard)
}

export function matchesWildcards(pattern: string, text: string): boolean {
  return matchesSequence([...pattern], [...text], {
    wildcard: '*',
    matchesItem: (patternItem, character) => patternItem === character,
  })
}
