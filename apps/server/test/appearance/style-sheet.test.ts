import { readFile } from 'node:fs/promises'
import { describe, expect, test } from '@jest/globals'
import { wcagContrast } from 'culori'
import { accentOf } from '../../src/appearance/accent.ts'
import { styleSheetOf } from '../../src/appearance/style-sheet.ts'
import { readStyleVariables, styleVariables } from '../../src/appearance/style-variables.ts'

const usual = { accentColor: 'default', still: false, variables: '', background: null }
const oklch = (l: number, c: number, h: number) => ({ mode: 'oklch', l, c, h }) as const

describe('the accent', () => {
  test('keeps text on it and the accent itself readable on every surface, for every colour', async () => {
    const tokens = await readFile(new URL('../../web/styles/tokens.css', import.meta.url), 'utf8')
    // The rest repeats the numbers of this file.
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
      if (accent === null) throw new Error(`${color} is no colour.`)
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

  test.each(['default', 'nonsense', 'var(--x)', ''])('ignores the invalid colour %j', (accentColor) => {
    expect(styleSheetOf({ ...usual, accentColor })).toBeNull()
  })

  test('leaves grey unchanged', () => {
    expect(accentOf('gray')).toMatchObject({ light: 0, dark: 0 })
  })
})

describe('variables', () => {
  test('are applied if they are known', () => {
    const text = '--ink: #111; --paper: light-dark(#fff, oklch(0.2 0.01 260));\n\n --sans: "Iowan Old Style", serif \n'
    expect(readStyleVariables(text).wrong).toBeNull()
    expect(styleSheetOf({ ...usual, variables: text })?.css).toBe(
      ':root{--ink:#111;--paper:light-dark(#fff, oklch(0.2 0.01 260));--sans:"Iowan Old Style", serif}\n',
    )
  })

  test.each([
    '--other: red',
    'color: red',
    '--paper:',
    '--paper: red; } body { display: none',
    '--paper: red; color: red',
    '--paper: url(https://evil.example/x)',
    '--paper: image-set("x" 1x)',
    '--sans: "unfinished',
    '--paper: rgb(1 2 3',
    '--paper: red) (',
    '--paper: \\75rl(x)',
    '--paper: red /* a comment',
    '--paper: red </style>',
  ])('ignores %s', (line) => {
    const { variables, wrong } = readStyleVariables(`--ink: #111\n${line}`)
    expect(variables).toContainEqual({ name: '--ink', value: '#111' })
    expect(wrong?.line).toBe(/;/.test(line) ? 2 : 1)
  })

  test('match the style sheet and the guide', async () => {
    const tokens = await readFile(new URL('../../web/styles/tokens.css', import.meta.url), 'utf8')
    const guide = await readFile(new URL('../../../../docs/guides/appearance.md', import.meta.url), 'utf8')
    for (const name of styleVariables)
      expect([name, tokens.includes(`${name}:`), guide.includes(`\`${name}\``)]).toEqual([name, true, true])
  })
})
