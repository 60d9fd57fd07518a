const entities: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&apos;': "'",
}

/** The contents of all elements with this name. The responses of S3 that are read here have no attributes and no nesting. */
export function elementsOf(xml: string, element: string): readonly string[] {
  return Array.from(xml.matchAll(new RegExp(`<${element}>(.*?)</${element}>`, 'gs')), ([, content = '']) => content)
}

/** The text of the first element with this name. */
export function textOf(xml: string, element: string): string | undefined {
  return elementsOf(xml, element)[0]?.replace(/&\w+;/g, (entity) => entities[entity] ?? entity)
}
