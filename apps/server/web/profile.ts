import './account.ts'

/** Keeps the crop square within the picture. */
const within = (value: number) => Math.min(100, Math.max(0, value))
/** The maximum zoom. */
const closest = 4
/** The step of an arrow key, in hundredths. */
const step = 4

const form = document.querySelector<HTMLFormElement>('#picture-form')
const file = form?.querySelector<HTMLInputElement>('input[type="file"]')
const region = document.querySelector<HTMLElement>('#crop')
const canvas = region?.querySelector('canvas')
const [zoom, across, down] = ['zoom', 'across', 'down'].map((name) =>
  document.querySelector<HTMLInputElement>(`#crop-${name}`),
)
const status = document.querySelector<HTMLElement>('#reading')
const paper = canvas?.getContext('2d')

if (form && file && region && canvas && zoom && across && down && status && paper) {
  let picture: ImageBitmap | undefined
  /** Decoding a large picture takes seconds; submitting in the meantime waits for the preview. */
  let reading: Promise<void> | undefined

  const side = () =>
    picture === undefined
      ? 0
      : Math.min(picture.width, picture.height) / (1 + ((closest - 1) * zoom.valueAsNumber) / 100)
  const draw = () => {
    if (picture === undefined) return
    const size = side()
    const x = ((picture.width - size) * across.valueAsNumber) / 100
    const y = ((picture.height - size) * down.valueAsNumber) / 100
    paper.clearRect(0, 0, canvas.width, canvas.height)
    paper.drawImage(picture, x, y, size, size, 0, 0, canvas.width, canvas.height)
  }
  const move = (input: HTMLInputElement, by: number) => {
    input.valueAsNumber = within(input.valueAsNumber + by)
    draw()
  }

  const read = async () => {
    const chosen = file.files?.[0]
    status.textContent = status.dataset.reading ?? ''
    // If this browser cannot decode the picture, the server validates it.
    const read = chosen && (await createImageBitmap(chosen).catch(() => undefined))
    // Another picture may have been selected in the meantime.
    if (file.files?.[0] !== chosen) return
    status.textContent = ''
    reading = undefined
    picture = read
    region.hidden = picture === undefined
    zoom.value = '0'
    across.value = down.value = '50'
    draw()
  }
  file.addEventListener('change', () => {
    reading = read()
  })
  for (const input of [zoom, across, down]) input.addEventListener('input', draw)

  const keys: Readonly<Record<string, readonly [HTMLInputElement, number]>> = {
    ArrowLeft: [across, -step],
    ArrowRight: [across, step],
    ArrowUp: [down, -step],
    ArrowDown: [down, step],
    '+': [zoom, step],
    '-': [zoom, -step],
  }
  canvas.addEventListener('keydown', (event) => {
    const [input, by] = keys[event.key] ?? []
    if (input === undefined || by === undefined || event.ctrlKey || event.metaKey) return
    event.preventDefault()
    move(input, by)
  })
  canvas.addEventListener('pointerdown', ({ pointerId }) => canvas.setPointerCapture(pointerId))
  canvas.addEventListener('pointermove', ({ movementX, movementY, pointerId }) => {
    if (picture === undefined || !canvas.hasPointerCapture(pointerId)) return
    // The picture follows the finger, so the square moves in the opposite direction.
    const scale = side() / canvas.clientWidth
    const [spareX, spareY] = [picture.width - side(), picture.height - side()]
    if (spareX > 0) move(across, (-movementX * scale * 100) / spareX)
    if (spareY > 0) move(down, (-movementY * scale * 100) / spareY)
  })

  form.addEventListener('submit', (event) => {
    if (reading !== undefined) {
      event.preventDefault()
      void reading.then(() => form.requestSubmit(event.submitter))
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
