import { readFile } from 'node:fs/promises'
import { describe, expect, test } from '@jest/globals'
import { wcagContrast } from 'culori'
import { accentOf } from '../../src/appearance/accent.ts'
import { styleSheetOf } from '../../src/appearance/appearance.ts'

const defaults = { accentColor: 'default', animationsDisabled: false, background: null }
const oklch = (l: number, c: number, h: number) => ({ mode: 'oklch', l, c, h }) as const

describe('the accent', () => {
  test('keeps text on it and the accent itself readable on every surface, for every color', async () => {
    const tokens = await readFile(new URL('../../web/styles/tokens.css', import.meta.url), 'utf8')
    // The calculation below uses these values of the style sheet.
    for (const part of [
      'oklch(0.48 var(--accent-light)',
      'oklch(0.78 var(--accent-dark)',
      'oklch(0.99 calc',
      'oklch(0.2 calc',
      'oklch(0.955 calc',
      'oklch(0.3 calc',
    ])
      expect(tokens).toContain(part)
    const colors = Array.from({ length: 360 }, (_, hue) => [`hsl(${hue} 100% 50%)`, `hsl(${hue} 40% 80%)`]).flat()
    for (const color of [...colors, 'black', 'white', 'gray', '#ff0', 'oklch(0.9 0.4 110)']) {
      const accent = accentOf(color)
      if (accent === null) throw new Error(`${color} is not a color.`)
      const { hue, light, dark } = accent
      const [onLight, onDark] = [oklch(0.48, light, hue), oklch(0.78, dark, hue)]
      const contrasts = [
        wcagContrast(onLight, oklch(0.99, light * 0.05, hue)),
        wcagContrast(onLight, oklch(0.955, light * 0.23, hue)),
        wcagContrast(onLight, oklch(0.975, 0.004, 95)),
        wcagContrast(onLight, oklch(0.955, 0.005, 95)),
        wcagContrast(onDark, oklch(0.2, dark * 0.26, hue)),
        wcagContrast(onDark, oklch(0.3, dark * 0.3, hue)),
        wcagContrast(onDark, oklch(0.225, 0.007, 260)),
      ]
      expect([color, Math.min(...contrasts) >= 4.5]).toEqual([color, true])
    }
  })

  test.each(['default', 'nonsense', 'var(--x)', ''])('ignores the invalid color %j', (accentColor) => {
    expect(styleSheetOf({ ...defaults, accentColor })).toBeNull()
  })

  test('leaves gray unchanged', () => {
    expect(accentOf('gray')).toMatchObject({ light: 0, dark: 0 })
  })
})
