import { formatHex, parse, wcagContrast } from 'culori'

/** A colour and one that can be read on it, both as e-mail programs know them: `#rrggbb`. */
export interface Accent {
  readonly color: string
  readonly ink: string
}

const usual = '#14705c'
const [light, dark] = ['#ffffff', '#1d2128']

/**
 * Newer notations, such as `oklch()`, are unknown to many e-mail programs, which would leave light words on a light page;
 * so the colour is written as the nearest that all of them know. It is the usual one where it is `default` or unreadable.
 */
export function accentOf(setting: string): Accent {
  const color = formatHex(parse(setting)) ?? usual
  return { color, ink: wcagContrast(color, light) >= wcagContrast(color, dark) ? light : dark }
}
