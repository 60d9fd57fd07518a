import { writeFileSync } from 'node:fs'
import { launchBrowser } from '@pocket/test-support'

await using browser = await launchBrowser()
const page = await browser.newPage({ viewport: { width: 1900, height: 900 } })
const dir = '/work/w/ui6b/screenshots/'
for (const sheet of process.argv.slice(2)) {
  const [out, ...names] = sheet.split(',')
  writeFileSync(
    `/tmp/${out}.html`,
    `<body style="margin:8px;background:#888;display:flex;gap:8px;align-items:flex-start;font:11px sans-serif">${names.map((n) => `<div>${n}<br><img style="width:300px" src="file://${dir}${n}.png"></div>`).join('')}`,
  )
  await page.goto(`file:///tmp/${out}.html`)
  await page.screenshot({ path: `/tmp/${out}.png`, fullPage: true })
}
