import sanitizeHtml from 'sanitize-html'
import sharp from 'sharp'
import { optimize } from 'svgo'
import type { PreparedImage } from './image.ts'
import { invalidImage } from './image-errors.ts'
import { limitReferences } from './svg-references.ts'
import { svgAttributes, svgElements } from './svg-vocabulary.ts'

const maxBytes = 1024 * 1024
const maxElements = 20_000
const maxAttributes = 1000
const maxPixels = 100_000_000
/** Maximum number of selector matches against elements. */
const maxComparisons = 1_000_000

/**
 * Sanitizes an SVG: no scripts, event handlers, style sheets, links or external resources. The rules of its style sheet are
 * inlined as attributes first.
 *
 * @throws {InvalidInputError} `invalid_image`
 */
export async function prepareSvg(bytes: Buffer): Promise<PreparedImage> {
  if (bytes.length > maxBytes) throw invalidImage('an SVG must not be larger than 1 MiB')
  const text = new TextDecoder('utf-8').decode(bytes)
  // Nested entities can expand to any size.
  if (/<!ENTITY/i.test(text)) throw invalidImage('an SVG must not define entities')
  const elements = text.split('<', maxElements * 2).length
  if (elements >= maxElements * 2) throw invalidImage('it has too many elements')
  if (text.split('<').some((tag) => tag.split('=').length > maxAttributes))
    throw invalidImage('it has too many attributes')
  if (countComparisons(text, elements) > maxComparisons) throw invalidImage('its style sheet is too complex')
  try {
    const svg = sanitize(inlineStyleSheets(text))
    if (!/^<svg[\s>]/.test(svg)) throw invalidImage('its root element is not svg')
    // Rendering it verifies that it is complete.
    await sharp(Buffer.from(svg), { limitInputPixels: maxPixels }).metadata()
    return { bytes: Buffer.from(svg), mediaType: 'image/svg+xml' }
  } catch (error) {
    if (error instanceof Error && error.name !== 'InvalidInputError') throw invalidImage('it is not a valid SVG', error)
    throw error
  }
}

/** The upper bound of the cost of its style sheets: each selector step may visit every element. */
function countComparisons(text: string, elements: number): number {
  const sheets = Array.from(text.matchAll(/<style[^>]*>(.*?)<\/style/gis), ([, sheet = '']) => sheet).join('\n')
  const preludes = Array.from(
    sheets.replaceAll(/\/\*.*?\*\//gs, '').matchAll(/([^{};]+)\{/g),
    ([, prelude = '']) => prelude,
  )
  const selectors = preludes
    .filter((prelude) => !prelude.trim().startsWith('@'))
    .flatMap((prelude) => prelude.split(','))
  return selectors
    .map(
      (selector) =>
        selector
          .trim()
          .replaceAll(/\s*([>+~])\s*/g, '$1')
          .match(/[\s>+~:]+/g)?.length ?? 0,
    )
    .reduce((sum, steps) => sum + elements ** (1 + steps), 0)
}

function inlineStyleSheets(text: string): string {
  return optimize(text, {
    plugins: [
      'removeDoctype',
      'removeXMLProcInst',
      'removeComments',
      { name: 'inlineStyles', params: { onlyMatchedOnce: false } },
      'convertStyleToAttrs',
      limitReferences,
    ],
  }).data
}

function sanitize(svg: string): string {
  return sanitizeHtml(svg, {
    allowedTags: [...svgElements],
    allowedAttributes: { '*': [...svgAttributes] },
    selfClosing: [],
    parser: { xmlMode: true, lowerCaseTags: false, lowerCaseAttributeNames: false },
    transformTags: { '*': (tagName, attribs) => ({ tagName, attribs: sanitizeAttributes(attribs) }) },
  }).trim()
}

/** References must point into the same image. */
function sanitizeAttributes(attributes: Readonly<Record<string, string>>): Record<string, string> {
  const allowed = Object.entries(attributes).filter(([name, value]) => {
    if (name === 'href' || name === 'xlink:href') return value.startsWith('#')
    return name.startsWith('xmlns') || !/url\s*\(\s*['"]?\s*(?!#)|javascript:|@import/i.test(value.replaceAll('\\', ''))
  })
  return Object.fromEntries(allowed)
}
