/**
 * Whether a complete sequence matches a pattern, in which `star` matches any number of items. The number of steps is at
 * most the product of the lengths, because the sequence may come from anyone.
 */
export function fits<P, T>(
  pattern: readonly P[],
  sequence: readonly T[],
  { star, same }: { readonly star: P; readonly same: (wanted: P, item: T) => boolean },
): boolean {
  let at = 0
  let next = 0
  let lastStar = -1
  let afterStar = 0
  while (next < sequence.length) {
    const wanted = pattern[at]
    if (at < pattern.length && wanted === star) {
      lastStar = at
      afterStar = next
      at += 1
    } else if (at < pattern.length && same(wanted as P, sequence[next] as T)) {
      at += 1
      next += 1
    } else if (lastStar >= 0) {
      afterStar += 1
      next = afterStar
      at = lastStar + 1
    } else return false
  }
  return pattern.slice(at).every((rest) => rest === star)
}

/** Whether the text matches a pattern, in which `*` matches any characters. */
export function textFits(pattern: string, text: string): boolean {
  return fits([...pattern], [...text], { star: '*', same: (wanted, character) => wanted === character })
}
