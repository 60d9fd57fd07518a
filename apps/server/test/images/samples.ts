import sharp from 'sharp'

const red = { r: 200, g: 20, b: 20 }

/** A bitmap of one color without metadata. */
export function plainImage(format: 'png' | 'jpeg' | 'webp' | 'gif' | 'avif', width = 40, height = 30): Promise<Buffer> {
  return sharp({ create: { width, height, channels: 3, background: red } })
    .toFormat(format)
    .toBuffer()
}

/** A bitmap of one color, with the metadata of a camera. */
export function photoWithMetadata(
  format: 'png' | 'jpeg' | 'webp' | 'gif' | 'avif' | 'tiff',
  width = 40,
  height = 30,
): Promise<Buffer> {
  const image = sharp({ create: { width, height, channels: 3, background: red } })
  return image
    .withExif({ IFD0: { Copyright: 'somebody', Model: 'a camera' } })
    .toFormat(format)
    .toBuffer()
}

export const svg =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><rect width="8" height="8" fill="red"/></svg>'

/** An icon that contains this PNG. */
export async function ico(png?: Buffer): Promise<Buffer> {
  const image = png ?? (await plainImage('png', 16, 16))
  const head = Buffer.alloc(22)
  head.writeUInt16LE(1, 2)
  head.writeUInt16LE(1, 4)
  head.writeUInt8(16, 6)
  head.writeUInt8(16, 7)
  head.writeUInt16LE(1, 10)
  head.writeUInt16LE(32, 12)
  head.writeUInt32LE(image.length, 14)
  head.writeUInt32LE(22, 18)
  return Buffer.concat([head, image])
}

/** The start of a phone photo. */
export const heic: Buffer = Buffer.concat([
  Buffer.from([0, 0, 0, 24]),
  Buffer.from('ftypheic'),
  Buffer.alloc(4),
  Buffer.from('mif1heic'),
  Buffer.alloc(64),
])
