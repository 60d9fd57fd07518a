import sanitizeHtml from 'sanitize-html'
import sharp from 'sharp'
import { optimize } from 'svgo'
import type { PreparedImage } from './image.ts'
import { invalidImage } from './image-errors.ts'
import { limitReferences } from './svg-references.ts'

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

/** The SVG 2 elements that draw, and those that drawing references. */
const svgElements: readonly string[] = `svg g defs symbol use title desc switch
  path rect circle ellipse line polyline polygon text tspan textPath
  linearGradient radialGradient stop pattern clipPath mask marker
  filter feBlend feColorMatrix feComponentTransfer feComposite feConvolveMatrix feDiffuseLighting feDisplacementMap
  feDistantLight feDropShadow feFlood feFuncA feFuncB feFuncG feFuncR feGaussianBlur feMerge feMergeNode feMorphology
  feOffset fePointLight feSpecularLighting feSpotLight feTile feTurbulence`.split(/\s+/)

/** Their attributes, except those that run scripts, load resources or link to URLs. */
const svgAttributes: readonly string[] =
  `xmlns xmlns:xlink version id class viewBox preserveAspectRatio x y width height transform role aria-label aria-hidden
  href xlink:href d points cx cy r rx ry x1 y1 x2 y2 fx fy fr pathLength dx dy rotate textLength lengthAdjust startOffset
  fill fill-opacity fill-rule stroke stroke-width stroke-opacity stroke-linecap stroke-linejoin stroke-miterlimit
  stroke-dasharray stroke-dashoffset opacity color display visibility overflow clip-path clip-rule mask filter
  marker-start marker-mid marker-end paint-order vector-effect shape-rendering text-rendering color-interpolation
  color-interpolation-filters mix-blend-mode isolation transform-origin
  font-family font-size font-weight font-style font-stretch font-variant letter-spacing word-spacing text-anchor
  text-decoration dominant-baseline alignment-baseline baseline-shift writing-mode direction xml:space
  gradientUnits gradientTransform spreadMethod offset stop-color stop-opacity patternUnits patternContentUnits
  patternTransform clipPathUnits maskUnits maskContentUnits markerUnits markerWidth markerHeight refX refY orient
  filterUnits primitiveUnits in in2 result mode type values tableValues slope intercept amplitude exponent operator
  k1 k2 k3 k4 order kernelMatrix divisor bias targetX targetY edgeMode preserveAlpha surfaceScale diffuseConstant
  specularConstant specularExponent kernelUnitLength lighting-color azimuth elevation scale xChannelSelector
  yChannelSelector flood-color flood-opacity stdDeviation radius pointsAtX pointsAtY pointsAtZ z limitingConeAngle
  baseFrequency numOctaves seed stitchTiles`.split(/\s+/)
