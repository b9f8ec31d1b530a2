import { html } from './html.ts'
import { pageDocument } from './page-document.ts'

/** A page on which nothing is left to do. */
export interface ClosedPage {
  readonly title: string
  readonly mark: { readonly text: string; readonly isGood: boolean }
  readonly text: string
  /** Where to go from here. */
  readonly link: { readonly url: string; readonly text: string } | undefined
}

/** What is shown of a Checkout Session or an authentication that is over. */
export function closedPage({ title, mark, text, link }: ClosedPage): string {
  return pageDocument({
    title,
    columns: 'single',
    content: html`<section class="panel">
<p class="mark ${mark.isGood ? 'good' : 'bad'}">${mark.text}</p>
<h1>${title}</h1>
<p>${text}</p>
${link && html`<a class="button" href="${link.url}">${link.text}</a>`}
</section>`,
  })
}
