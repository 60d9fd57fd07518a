import { crc32, deflateSync } from 'node:zlib'
import { describe, expect, test } from '@jest/globals'
import sharp from 'sharp'
import { prepareImage } from '../../src/images/prepare.ts'
import { heic, ico, photoWithMetadata, plainImage, svg } from './samples.ts'

const all = ['png', 'jpeg', 'gif', 'webp', 'avif', 'tiff', 'svg', 'ico'] as const
const within = { kinds: all, fit: 'within', sideLength: 100 } as const
const square = { kinds: all, fit: 'square', sideLength: 300, format: 'png' } as const

describe('bitmaps', () => {
  test.each([
    ['png', 'image/png'],
    ['jpeg', 'image/jpeg'],
    ['gif', 'image/gif'],
    ['webp', 'image/webp'],
    ['avif', 'image/webp'],
    ['tiff', 'image/png'],
  ] as const)('%s is re-encoded as %s without metadata', async (format, mediaType) => {
    const input = await photoWithMetadata(format, 400, 200)
    const created = await prepareImage(input, within)
    expect(created.mediaType).toBe(mediaType)
    expect(await sharp(created.bytes).metadata()).toMatchObject({ width: 100, height: 50 })
    expect((await sharp(created.bytes).metadata()).exif).toBeUndefined()
  })

  test('crops to a centered square', async () => {
    const { bytes, mediaType } = await prepareImage(await photoWithMetadata('jpeg', 500, 20), square)
    expect(mediaType).toBe('image/png')
    expect(await sharp(bytes).metadata()).toMatchObject({ width: 300, height: 300 })
  })

  test('applies the orientation of the camera', async () => {
    const lying = await sharp(await photoWithMetadata('jpeg', 40, 20))
      .withMetadata({ orientation: 6 })
      .jpeg()
      .toBuffer()
    const { bytes } = await prepareImage(lying, within)
    expect(await sharp(bytes).metadata()).toMatchObject({ width: 20, height: 40 })
  })

  test('keeps an animation', async () => {
    const frames = [
      await photoWithMetadata('png', 20, 20),
      await sharp(await photoWithMetadata('png', 20, 20))
        .negate()
        .png()
        .toBuffer(),
    ]
    const moving = await sharp(frames, { join: { animated: true } })
      .gif()
      .toBuffer()
    const { bytes } = await prepareImage(moving, within)
    expect((await sharp(bytes).metadata()).pages).toBe(2)
  })

  test('limits the pixels of all frames of an animation together', async () => {
    const frame = Buffer.from('21f90400010000002c0000000001000100000202440100', 'hex')
    const createGif = (side: number, frames: number) => {
      const head = Buffer.from('47494638396101000100800000000000ffffff', 'hex')
      head.writeUInt16LE(side, 6)
      head.writeUInt16LE(side, 8)
      return Buffer.concat([head, ...Array.from({ length: frames }, () => frame), Buffer.from(';')])
    }
    expect(await prepareImage(createGif(1, 2000), within)).toMatchObject({ mediaType: 'image/gif' })
    await expect(prepareImage(createGif(1000, 61), within)).rejects.toMatchObject({ code: 'invalid_image' })
  })

  test('removes data appended to an image', async () => {
    const polyglot = Buffer.concat([await photoWithMetadata('jpeg'), Buffer.from('<script>alert(1)</script>')])
    expect((await prepareImage(polyglot, within)).bytes.toString('latin1')).not.toContain('script')
  })

  test('rejects a decompression bomb before it is decoded', async () => {
    const pngChunk = (type: string, data: Uint8Array) => {
      const [length, crc] = [Buffer.alloc(4), Buffer.alloc(4)]
      const typed = Buffer.concat([Buffer.from(type), data])
      length.writeUInt32BE(data.length)
      crc.writeUInt32BE(crc32(typed))
      return Buffer.concat([length, typed, crc])
    }
    // A bit for each of 30,000 by 2,100 gray pixels.
    const header = Buffer.from('00007530000008340100000000', 'hex')
    const rows = deflateSync(Buffer.alloc((1 + 30_000 / 8) * 2100))
    const signature = Buffer.from('89504e470d0a1a0a', 'hex')
    const bomb = Buffer.concat([
      signature,
      pngChunk('IHDR', header),
      pngChunk('IDAT', rows),
      pngChunk('IEND', Buffer.alloc(0)),
    ])
    expect((await sharp(bomb, { limitInputPixels: false }).stats()).channels).toHaveLength(1)
    await expect(prepareImage(bomb, within)).rejects.toMatchObject({ status: 400, code: 'invalid_image' })
  })

  test.each(['png', 'jpeg', 'gif', 'webp'] as const)('rejects a truncated %s', async (format) => {
    const noise = { type: 'gaussian', mean: 128, sigma: 60 } as const
    const whole = await sharp({ create: { width: 300, height: 300, channels: 3, background: 'red', noise } })
      .toFormat(format)
      .toBuffer()
    const half = whole.subarray(0, whole.length / 2)
    await expect(prepareImage(half, within)).rejects.toMatchObject({ status: 400, code: 'invalid_image' })
  })

  test.each([
    ['HEIC', heic],
    ['PDF', Buffer.from('%PDF-1.7\n1 0 obj\n')],
    ['HTML', Buffer.from('<!doctype html><script>alert(1)</script>')],
    ['text', Buffer.from('hello')],
    ['nothing', Buffer.alloc(0)],
  ])('does not accept %s as an image', async (_name, bytes) => {
    await expect(prepareImage(bytes, within)).rejects.toMatchObject({ status: 415, code: 'file_type_not_supported' })
  })

  test('rejects a type that is not allowed, regardless of its declared type', async () => {
    const rules = { ...within, kinds: ['png', 'jpeg'] } as const
    await expect(prepareImage(Buffer.from(svg), rules)).rejects.toMatchObject({
      status: 415,
      details: { expected_file_type: 'PNG or JPEG' },
    })
  })
})

describe('originals', () => {
  // An image that is not kept gets another size.
  const rules = { ...within, sideLength: 3, keepsOriginals: true } as const
  const isKept = async (input: Buffer) => (await prepareImage(input, rules)).bytes.equals(input)

  test.each(['png', 'jpeg', 'gif', 'webp', 'avif'] as const)('keeps a %s byte for byte', async (format) => {
    const input = await plainImage(format)
    expect(await prepareImage(input, rules)).toEqual({ bytes: input, mediaType: `image/${format}` })
  })

  test('keeps a progressive JPEG and an interlaced PNG', async () => {
    const noise = { type: 'gaussian', mean: 128, sigma: 60 } as const
    const image = sharp({ create: { width: 200, height: 200, channels: 3, background: 'red', noise } })
    expect(await isKept(await image.jpeg({ progressive: true, quality: 100 }).toBuffer())).toBe(true)
    expect(await isKept(await image.png({ progressive: true }).toBuffer())).toBe(true)
  })

  test.each(['png', 'jpeg', 'webp', 'avif'] as const)('re-encodes a %s with EXIF or XMP', async (format) => {
    const xmp =
      '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/></x:xmpmeta>'
    const image = sharp(await plainImage(format))
    for (const input of [await photoWithMetadata(format), await image.withXmp(xmp).toFormat(format).toBuffer()])
      expect(await isKept(input)).toBe(false)
  })

  test('re-encodes a GIF with XMP', async () => {
    const input = await plainImage('gif')
    const xmp = Buffer.from('\x21\xff\x0bXMP DataXMP\x04<x/>\x00', 'latin1')
    expect(await isKept(Buffer.concat([input.subarray(0, -1), xmp, input.subarray(-1)]))).toBe(false)
  })

  test.each(['png', 'jpeg', 'gif', 'webp', 'avif'] as const)('re-encodes a %s with trailing data', async (format) => {
    for (const trailing of ['<script>alert(1)</script>', 'PK\x03\x04', '\0'])
      expect(await isKept(Buffer.concat([await plainImage(format), Buffer.from(trailing)]))).toBe(false)
  })

  test('re-encodes an image of more than 2 MiB, and one that is too wide', async () => {
    const noise = { type: 'gaussian', mean: 128, sigma: 60 } as const
    const large = await sharp({ create: { width: 1000, height: 1000, channels: 3, background: 'red', noise } })
      .png()
      .toBuffer()
    expect(large.length).toBeGreaterThan(2 * 1024 * 1024)
    expect(await isKept(large)).toBe(false)
    expect(await isKept(await plainImage('png', 4096, 10))).toBe(true)
    expect(await isKept(await plainImage('png', 4097, 10))).toBe(false)
  })

  test('keeps an animation of 60 frames, and re-encodes a longer one', async () => {
    const frame = await plainImage('png', 4, 4)
    const createAnimation = (count: number, format: 'gif' | 'webp') => {
      const frames = Array.from({ length: count }, (_, index) => (index % 2 === 0 ? frame : inverted))
      return sharp(frames, { join: { animated: true } })
        .toFormat(format)
        .toBuffer()
    }
    const inverted = await sharp(frame).negate().png().toBuffer()
    for (const format of ['gif', 'webp'] as const) {
      expect(await isKept(await createAnimation(60, format))).toBe(true)
      expect(await isKept(await createAnimation(61, format))).toBe(false)
    }
  })

  test.each(['png', 'jpeg', 'gif', 'webp', 'avif'] as const)('keeps no truncated %s', async (format) => {
    const noise = { type: 'gaussian', mean: 128, sigma: 60 } as const
    const input = await sharp({ create: { width: 64, height: 64, channels: 3, background: 'red', noise } })
      .toFormat(format)
      .toBuffer()
    for (const length of [20, 60, input.length >> 1, input.length - 3]) {
      const kept = await isKept(input.subarray(0, length)).catch(({ status }: { status: number }) => status)
      expect([length, [false, 400, 415].includes(kept)]).toEqual([length, true])
    }
  })

  test('turns an ICO with EXIF into a PNG without it', async () => {
    const { bytes, mediaType } = await prepareImage(await ico(await photoWithMetadata('png', 16, 16)), rules)
    expect(mediaType).toBe('image/png')
    expect(bytes.includes('eXIf')).toBe(false)
  })
})

/** Each element refers to the previous one, ten times. Other libraries accept five levels. */
function createNested(reference: (id: string) => string, element = 'g', depth = 5): string {
  const levels = Array.from(
    { length: depth },
    (_, level) => `<${element} id="l${level + 1}">${reference(`l${level}`).repeat(10)}</${element}>`,
  )
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><${element} id="l0"><rect/></${element}>${levels.join('')}</svg>`
}

describe('SVG', () => {
  const attributes = Array.from({ length: 1100 }, (_, index) => `a${index}="1"`).join(' ')
  const classes = Array.from({ length: 1100 }, (_, index) => `c${index}`)
  const styled = `<style>${classes.map((name) => `.${name}{fill:red}`).join('')}</style>${classes.map((name) => `<g class="${name}"/>`).join('')}`

  const prepareSvg = async (inner: string, attributes = '') => {
    const text = `<?xml version="1.0"?><!-- made by --><svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 8 8" ${attributes}>${inner}</svg>`
    const { bytes, mediaType } = await prepareImage(Buffer.from(text), within)
    expect(mediaType).toBe('image/svg+xml')
    return bytes.toString()
  }

  test('keeps drawing elements', async () => {
    const drawing =
      '<defs><linearGradient id="a"><stop offset="0" stop-color="red"/></linearGradient></defs><g transform="scale(2)"><path d="M0 0h4v4z" fill="url(#a)"/><use href="#b"/><text x="1">a &lt; b</text></g>'
    const text = await prepareSvg(drawing)
    for (const kept of ['viewBox="0 0 8 8"', '<linearGradient id="a">', 'fill="url(#a)"', 'href="#b"', 'a &lt; b'])
      expect(text).toContain(kept)
  })

  test('converts the colors of its style sheet to attributes', async () => {
    const text = await prepareSvg('<style>.a{fill:#123456}</style><rect class="a" width="4" height="4"/>')
    expect(text).toContain('fill="#123456"')
    expect(text).not.toContain('<style')
  })

  test.each([
    ['a script', '<script>alert(1)</script>'],
    ['a script in CDATA', '<script><![CDATA[alert(1)]]></script>'],
    ['a handler', '<rect width="1" height="1" onclick="alert(1)"/>'],
    ['a link', '<a href="javascript:alert(1)"><rect/></a>'],
    ['an old link', '<a xlink:href="javascript:alert(1)"><rect/></a>'],
    ['HTML', '<foreignObject><iframe xmlns="http://www.w3.org/1999/xhtml" srcdoc="alert(1)"/></foreignObject>'],
    ['another document', '<use href="https://evil.example/a.svg#alert"/>'],
    ['an image', '<image href="https://evil.example/alert.png"/>'],
    ['an external paint', '<rect fill="url(https://evil.example/alert#a)"/>'],
    ['an external style sheet', '<style>@import url(https://evil.example/alert.css)</style>'],
    ['a style attribute', '<rect style="fill:url(//evil.example/alert)"/>'],
    [
      'an animation',
      '<set attributeName="onload" to="alert(1)"/><animate attributeName="href" to="javascript:alert(1)"/>',
    ],
    ['escaped markup in a style', '<style>&lt;/style>&lt;script>alert(1)&lt;/script></style>'],
    ['a link to a data URL', '<use href="data:image/svg+xml,alert#a"/>'],
  ])('removes %s', async (_name, inner) => {
    expect(await prepareSvg(`${inner}<rect width="1" height="1"/>`)).not.toMatch(/alert|evil|<script|javascript/)
  })

  test('removes event handlers of its root', async () => {
    expect(await prepareSvg('<rect/>', 'onload="alert(1)"')).not.toContain('alert')
  })

  test('accepts references that multiply up to a limit', async () => {
    const text = createNested((id) => `<use href="#${id}"/>`, 'g', 3)
    expect(await prepareImage(Buffer.from(text), within)).toMatchObject({ mediaType: 'image/svg+xml' })
  })

  test.each([
    [
      'entities',
      '<!DOCTYPE svg [<!ENTITY a "b">]><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><text>&a;</text></svg>',
    ],
    ['a truncated file', '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><rect'],
    ['another root', '<html><svg xmlns="http://www.w3.org/2000/svg"/></html>'],
    ['nested uses', createNested((id) => `<use href="#${id}"/>`)],
    ['nested patterns', createNested((id) => `<rect fill="url(#${id})" width="1" height="1"/>`, 'pattern')],
    [
      'an element that uses itself',
      '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><g id="a"><use href="#a"/></g></svg>',
    ],
    ['too many elements', `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8">${'<g/>'.repeat(41_000)}</svg>`],
    ['too many attributes', `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><g ${attributes}/></svg>`],
    ['a style sheet for every element', `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8">${styled}</svg>`],
    [
      'an expensive selector',
      `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><style>g g g g a{fill:red}</style>${'<g>'.repeat(99)}${'</g>'.repeat(99)}</svg>`,
    ],
    [
      'too many bytes',
      `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><desc>${'a'.repeat(1_100_000)}</desc></svg>`,
    ],
  ])('rejects %s', async (_name, text) => {
    await expect(prepareImage(Buffer.from(text), within)).rejects.toMatchObject({ status: 400, code: 'invalid_image' })
  })
})

describe('ICO', () => {
  test('is kept unchanged', async () => {
    const input = await ico()
    expect(await prepareImage(input, within)).toEqual({ bytes: input, mediaType: 'image/x-icon' })
  })

  test('is accepted with at most 60 images', async () => {
    const image = await plainImage('png', 16, 16)
    const createIcon = (count: number) => {
      const head = Buffer.alloc(6 + count * 16)
      head.writeUInt16LE(1, 2)
      head.writeUInt16LE(count, 4)
      for (let entry = 6; entry < head.length; entry += 16) {
        head.writeUInt32LE(image.length, entry + 8)
        head.writeUInt32LE(head.length, entry + 12)
      }
      return Buffer.concat([head, image])
    }
    expect(await prepareImage(createIcon(60), within)).toMatchObject({ mediaType: 'image/x-icon' })
    await expect(prepareImage(createIcon(61), within)).rejects.toMatchObject({ code: 'invalid_image' })
  })

  test('loses data after its images', async () => {
    const input = await ico()
    const polyglot = Buffer.concat([input, Buffer.from('<script>alert(1)</script>')])
    expect((await prepareImage(polyglot, within)).bytes).toEqual(input)
  })

  test('is rejected if it is malformed', async () => {
    const input = await ico()
    const wrong = { status: 400, code: 'invalid_image' }
    for (const length of [6, 20, input.length - 1])
      await expect(prepareImage(input.subarray(0, length), within)).rejects.toMatchObject(wrong)
    const elsewhere = Buffer.from(input)
    elsewhere.writeUInt32LE(0xffffffff, 18)
    await expect(prepareImage(elsewhere, within)).rejects.toMatchObject(wrong)
    const bomb = Buffer.from(input)
    bomb.writeUInt32BE(60_000, 22 + 16)
    await expect(prepareImage(bomb, within)).rejects.toMatchObject(wrong)
    const notAnImage = Buffer.from(input)
    notAnImage.fill(1, 22)
    await expect(prepareImage(notAnImage, within)).rejects.toMatchObject(wrong)
  })
})
