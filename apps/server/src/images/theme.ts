import type { LogoTheme } from './image.ts'

export const lightQuery = {
  light: { type: 'boolean', default: true, description: 'Whether the logo is for a light background.' },
} as const

export function themeOf({ light }: Readonly<Record<string, string | readonly string[] | undefined>>): LogoTheme {
  return light === 'false' || light === '0' ? 'dark' : 'light'
}
