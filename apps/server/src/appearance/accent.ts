import { clampChroma, converter, formatHex, parse, wcagContrast } from 'culori'

/** The lightness of the accent in `web/styles/tokens.css`, which keeps text readable at any hue. */
const lightness = { light: 0.48, dark: 0.78 } as const
/** Maximum chroma, to keep the accent calm. */
const maxChroma = 0.19

const toOklch = converter('oklch')

export function isColor(text: string): boolean {
  return parse(text) !== undefined
}

/**
 * The accent of a CSS color: its hue in degrees, and its chroma on a light and on a dark page (OKLCH). `null` for `default` and
 * for an invalid color.
 */
export function accentOf(text: string) {
  const color = text === 'default' ? undefined : toOklch(text)
  if (color === undefined) return null
  const { c, h = 0 } = color
  // A browser would clip a chroma outside its gamut and thereby change the lightness.
  const accentChroma = (l: number) => round(clampChroma({ mode: 'oklch', l, c: Math.min(c, maxChroma), h }, 'oklch').c)
  return { hue: round(h), light: accentChroma(lightness.light), dark: accentChroma(lightness.dark) }
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000
}

const defaultEmailColor = '#14705c'
const [lightInk, darkInk] = ['#ffffff', '#1d2128']

/**
 * A color and a readable text color for it, as `#rrggbb`. Many e-mail programs do not support newer notations such as `oklch()`
 * and would show light text on a light background; the color is converted to the nearest sRGB color. The default is used if the
 * color is `default` or cannot be parsed.
 */
export function emailAccentOf(setting: string) {
  const color = formatHex(parse(setting)) ?? defaultEmailColor
  return { color, ink: wcagContrast(color, lightInk) >= wcagContrast(color, darkInk) ? lightInk : darkInk }
}
