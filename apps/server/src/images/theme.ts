import type { LogoTheme } from './image.ts'

/** How an address says which of two logos it means. */
export const lightQuery = {
  light: { type: 'boolean', default: true, description: 'Whether it is the one for a light background.' },
} as const

export function themeOf({ light }: Readonly<Record<string, string | readonly string[] | undefined>>): LogoTheme {
  return light === 'false' || light === '0' ? 'dark' : 'light'
}
