import { clampChroma, converter, parse } from 'culori'

/** What is taken of a colour: its hue in degrees, and how strong it is on a light and on a dark page (OKLCH). */
export interface Accent {
  readonly hue: number
  readonly light: number
  readonly dark: number
}

/** The lightness of the accent in `web/styles/tokens.css`, which keeps text readable whatever the hue is. */
const lightness = { light: 0.48, dark: 0.78 } as const
/** Stronger than that no accent is calm. */
const maxChroma = 0.19

const toOklch = converter('oklch')

/** Whether this text is a colour that can be read. */
export function isColor(text: string): boolean {
  return parse(text) !== undefined
}

/** The accent of a colour of CSS; `null` for `default` and for what is none. */
export function accentOf(text: string): Accent | null {
  const color = text === 'default' ? undefined : toOklch(text)
  if (color === undefined) return null
  const { c, h = 0 } = color
  // A browser would clip a chroma that its screen cannot show, and with it change how light the colour is.
  const shown = (l: number) => rounded(clampChroma({ mode: 'oklch', l, c: Math.min(c, maxChroma), h }, 'oklch').c)
  return { hue: rounded(h), light: shown(lightness.light), dark: shown(lightness.dark) }
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000
}
