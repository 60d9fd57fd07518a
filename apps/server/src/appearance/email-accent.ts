import { formatHex, parse, wcagContrast } from 'culori'

/** A colour and a readable text colour for it, in the notation that e-mail programs support: `#rrggbb`. */
export interface Accent {
  readonly color: string
  readonly ink: string
}

const defaultColor = '#14705c'
const [light, dark] = ['#ffffff', '#1d2128']

/**
 * Many e-mail programs do not support newer notations such as `oklch()` and would show light text on a light background;
 * the colour is converted to the nearest sRGB colour. The default is used if the colour is `default` or cannot be parsed.
 */
export function accentOf(setting: string): Accent {
  const color = formatHex(parse(setting)) ?? defaultColor
  return { color, ink: wcagContrast(color, light) >= wcagContrast(color, dark) ? light : dark }
}
