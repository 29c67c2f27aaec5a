// For every line on stdin: MJML to HTML with its styles inline; the CPU time in seconds is printed.

import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import juice from 'juice'
import mjml2html from 'mjml'

const { mjml, css } = JSON.parse(readFileSync('source.json', 'utf8'))

for await (const _ of createInterface({ input: process.stdin })) {
  const start = process.cpuUsage()
  const { html } = await mjml2html(mjml, { fonts: {}, keepComments: false })
  if (!juice.inlineContent(html, css).includes('<body')) process.exit(1)
  const { user, system } = process.cpuUsage(start)
  console.log((user + system) / 1e6)
}
