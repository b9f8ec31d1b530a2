import { Html, html } from './html.ts'
import { STYLE } from './page-style.ts'

export interface PageDocument {
  readonly title: string
  /** Two columns where there is room for them, or one. */
  readonly columns: 'single' | 'double'
  readonly content: Html
}

const STYLED = new Html(`<style>${STYLE}</style>`)

/** A whole page, which says what it is. */
export function pageDocument({ title, columns, content }: PageDocument): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title}</title>
<link rel="icon" href="data:,">
${STYLED}
</head>
<body>
<p class="notice"><strong>Emulator.</strong> This is not Stripe, and no money moves. Use test cards only.</p>
<main class="${columns}">
${content}
</main>
<footer>Countersign emulator, a stand-in for Stripe in tests</footer>
</body>
</html>
`.text
}
