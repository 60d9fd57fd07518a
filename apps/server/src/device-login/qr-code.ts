import { encode } from 'uqr'

/** A QR code as the `d` of one SVG path, in a square of `size` units including its quiet zone. */
export interface QrCode {
  readonly size: number
  readonly path: string
}

const quietZone = 4

export function qrCodeOf(text: string): QrCode {
  const { data, size } = encode(text, { ecc: 'M', border: quietZone })
  const path = data.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ''))).join('')
  return { size, path }
}
