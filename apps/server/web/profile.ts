import './account.ts'
import './savebar.ts'

/** Keeps the crop square within the picture. */
const clampPercent = (value: number) => Math.min(100, Math.max(0, value))
/** The maximum zoom. */
const maxZoom = 4
/** The step of an arrow key, in hundredths. */
const step = 4

const form = document.querySelector<HTMLFormElement>('#picture-form')
const file = form?.querySelector<HTMLInputElement>('input[type="file"]')
const region = document.querySelector<HTMLElement>('#crop')
const canvas = region?.querySelector('canvas')
const [zoom, horizontal, vertical] = ['zoom', 'across', 'down'].map((name) =>
  document.querySelector<HTMLInputElement>(`#crop-${name}`),
)
const status = document.querySelector<HTMLElement>('#reading')
const context = canvas?.getContext('2d')

if (form && file && region && canvas && zoom && horizontal && vertical && status && context) {
  let picture: ImageBitmap | undefined
  /** Decoding a large picture takes seconds; submitting before then waits for the preview. */
  let pendingRead: Promise<void> | undefined

  const cropSize = () =>
    picture === undefined
      ? 0
      : Math.min(picture.width, picture.height) / (1 + ((maxZoom - 1) * zoom.valueAsNumber) / 100)
  const draw = () => {
    if (picture === undefined) return
    const size = cropSize()
    const x = ((picture.width - size) * horizontal.valueAsNumber) / 100
    const y = ((picture.height - size) * vertical.valueAsNumber) / 100
    context.clearRect(0, 0, canvas.width, canvas.height)
    context.drawImage(picture, x, y, size, size, 0, 0, canvas.width, canvas.height)
  }
  const move = (input: HTMLInputElement, delta: number) => {
    input.valueAsNumber = clampPercent(input.valueAsNumber + delta)
    draw()
  }

  const readPicture = async () => {
    const selected = file.files?.[0]
    status.textContent = status.dataset.reading ?? ''
    // If this browser cannot decode the picture, the server validates it.
    const decoded = selected && (await createImageBitmap(selected).catch(() => undefined))
    // Another picture may have been selected since.
    if (file.files?.[0] !== selected) return
    status.textContent = ''
    pendingRead = undefined
    picture = decoded
    region.hidden = picture === undefined
    zoom.value = '0'
    horizontal.value = vertical.value = '50'
    draw()
  }
  file.addEventListener('change', () => {
    pendingRead = readPicture()
  })
  for (const input of [zoom, horizontal, vertical]) input.addEventListener('input', draw)

  const keys: Readonly<Record<string, readonly [HTMLInputElement, number]>> = {
    ArrowLeft: [horizontal, -step],
    ArrowRight: [horizontal, step],
    ArrowUp: [vertical, -step],
    ArrowDown: [vertical, step],
    '+': [zoom, step],
    '-': [zoom, -step],
  }
  canvas.addEventListener('keydown', (event) => {
    const [input, delta] = keys[event.key] ?? []
    if (input === undefined || delta === undefined || event.ctrlKey || event.metaKey) return
    event.preventDefault()
    move(input, delta)
  })
  canvas.addEventListener('pointerdown', ({ pointerId }) => canvas.setPointerCapture(pointerId))
  canvas.addEventListener('pointermove', ({ movementX, movementY, pointerId }) => {
    if (picture === undefined || !canvas.hasPointerCapture(pointerId)) return
    // The picture follows the finger, so the square moves in the opposite direction.
    const scale = cropSize() / canvas.clientWidth
    const [marginX, marginY] = [picture.width - cropSize(), picture.height - cropSize()]
    if (marginX > 0) move(horizontal, (-movementX * scale * 100) / marginX)
    if (marginY > 0) move(vertical, (-movementY * scale * 100) / marginY)
  })

  form.addEventListener('submit', (event) => {
    if (pendingRead !== undefined) {
      event.preventDefault()
      void pendingRead.then(() => form.requestSubmit(event.submitter))
      return
    }
    if (picture === undefined || event.defaultPrevented) return
    event.preventDefault()
    if (form.ariaBusy === 'true') return
    // The script sends the cropped picture, so it must also show the progress.
    form.ariaBusy = 'true'
    if (event.submitter) event.submitter.ariaBusy = 'true'
    canvas.toBlob((blob) => {
      if (blob) {
        const files = new DataTransfer()
        files.items.add(new File([blob], 'picture.png', { type: blob.type }))
        file.files = files.files
      }
      form.submit()
    }, 'image/png')
  })
}
