import { encode } from 'uqr'

/** A QR code as the `d` of one stroked SVG path, in a square of `size` units including its quiet zone. */
export interface QrCode {
  readonly size: number
  readonly path: string
}

const quietZone = 4

export function qrCodeOf(text: string): QrCode {
  const { data, size } = encode(text, { ecc: 'M', border: quietZone })
  return { size, path: data.map(pathOfRow).join('') }
}

/** Runs of modules: pages with secrets are not compressed. */
function pathOfRow(row: readonly boolean[], y: number): string {
  const runs = row
    .map((dark) => (dark ? '1' : '0'))
    .join('')
    .matchAll(/(0*)(1+)/g)
  return Array.from(
    runs,
    ([, light = '', dark = ''], index) =>
      `${index === 0 ? `M${light.length} ${y}.5` : `m${light.length} 0`}h${dark.length}`,
  ).join('')
}
