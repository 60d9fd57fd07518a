// The settings page: the usual encryption of the mail port, and a preview of the accent.

/** The usual encryption of a port (RFC 6409, RFC 8314). */
const encryptionOfPort: Readonly<Record<string, string>> = { '25': 'none', '465': 'tls', '587': 'starttls' }
const port = document.querySelector<HTMLInputElement>('input[name="smtpPort"]')
const encryptions = [...document.querySelectorAll<HTMLInputElement>('input[name="smtpTls"]')]

port?.addEventListener('change', () => {
  const meant = encryptionOfPort[port.value.trim()]
  const option = encryptions.find(({ value }) => value === meant)
  if (!option || option.checked) return
  option.checked = true
  option.dispatchEvent(new Event('change', { bubbles: true }))
})

/** As in `appearance/accent.ts`. */
const maxChroma = 0.19
const root = document.documentElement

/** Shows the page in this color until it is loaded again; an invalid color changes nothing. */
function previewAccent(color: string): void {
  if (color === 'default') for (const name of ['hue', 'light', 'dark']) root.style.removeProperty(`--accent-${name}`)
  if (!CSS.supports('color', color)) return
  const probe = document.createElement('span')
  probe.style.color = `oklch(from ${color} l c h)`
  document.body.append(probe)
  const [, , chroma = '0', hue = '0'] = getComputedStyle(probe).color.split(/[( )/]+/)
  probe.remove()
  const shown = String(Math.min(Number.parseFloat(chroma), maxChroma))
  root.style.setProperty('--accent-hue', String(Number.parseFloat(hue) || 0))
  for (const name of ['light', 'dark']) root.style.setProperty(`--accent-${name}`, shown)
}

for (const input of document.querySelectorAll<HTMLInputElement>(
  'input[name="accentColor"], input[name="accentColorOwn"]',
))
  input.addEventListener('input', () => {
    const own = document.querySelector<HTMLInputElement>('input[name="accentColorOwn"]')
    const chosen = document.querySelector<HTMLInputElement>('input[name="accentColor"]:checked')
    previewAccent(chosen?.value === 'own' ? (own?.value.trim() ?? '') : (chosen?.value ?? ''))
  })
