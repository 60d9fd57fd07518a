import type { CustomPlugin } from 'svgo'
import { invalidImage } from './image-errors.ts'

type Root = Parameters<NonNullable<CustomPlugin['fn']>>[0]
type Child = Root['children'][number]
type Element = Extract<Child, { readonly type: 'element' }>

/** Maximum number of drawn elements, counting each reference. */
const maxDrawnElements = 100_000

/**
 * Rejects an image with exponential references, such as `use` of a group of ten `use` of a group of ten: a few hundred bytes
 * would take hours to render.
 */
export const limitReferences: CustomPlugin = {
  name: 'limitReferences',
  fn(root) {
    if (countDrawnElements(root) > maxDrawnElements) throw invalidImage('it draws too many elements')
    return null
  },
}

function countDrawnElements(root: Root): number {
  const byId = new Map<string, Element>()
  const indexIds = (parent: Root | Element): void => {
    for (const child of parent.children) {
      if (child.type !== 'element') continue
      const { id } = child.attributes
      // For duplicate IDs, renderers use the first element.
      if (id !== undefined && !byId.has(id)) byId.set(id, child)
      indexIds(child)
    }
  }
  indexIds(root)
  const counts = new Map<Element, number>()
  const visiting = new Set<Element>()
  const countElement = (element: Element): number => {
    const cachedCount = counts.get(element)
    if (cachedCount !== undefined) return cachedCount
    if (visiting.has(element)) throw invalidImage('it refers to itself')
    visiting.add(element)
    const referenced = referencesOf(element).flatMap((id) => byId.get(id) ?? [])
    const count = 1 + sum(referenced.map(countElement)) + countChildren(element)
    visiting.delete(element)
    counts.set(element, count)
    return count
  }
  const countChildren = ({ children }: Root | Element): number =>
    sum(children.map((child) => (child.type === 'element' ? countElement(child) : 0)))
  return countChildren(root)
}

function referencesOf({ attributes }: Element): readonly string[] {
  return Object.entries(attributes).flatMap(([name, value]) => {
    if (name === 'href' || name === 'xlink:href') return value.startsWith('#') ? [decode(value.slice(1))] : []
    return Array.from(value.matchAll(/url\(\s*['"]?#([^'")]+)/gi), ([, id = '']) => decode(id.trim()))
  })
}

function decode(id: string): string {
  try {
    return decodeURIComponent(id)
  } catch {
    return id
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
