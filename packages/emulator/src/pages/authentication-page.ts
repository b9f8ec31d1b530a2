import { html } from './html.ts'
import { pageDocument } from './page-document.ts'

/** What the buyer's bank shows of a payment or a set-up that waits for its buyer. */
export interface AuthenticationPage {
  readonly merchant: string
  /** `€20.00`; nothing is charged when a card is only saved. */
  readonly amount: string | undefined
  /** `Visa ending in 3155` */
  readonly card: string
  /** `pi_…` or `seti_…`, for whoever looks at the test. */
  readonly intent: string
}

/** The page of 3D Secure, on which the buyer passes or fails. */
export function authenticationPage(page: AuthenticationPage): string {
  const { merchant, amount, card, intent } = page
  return pageDocument({
    title: `3D Secure · ${merchant}`,
    columns: 'single',
    content: html`<section class="panel">
<p class="quiet">3D Secure</p>
<h1>${amount === undefined ? 'Confirm that the card is yours' : 'Confirm your payment'}</h1>
<p class="quiet">Your bank would ask you here for a code or in its app. In this test you choose what comes of it.</p>
<dl class="facts">
<dt>Merchant</dt><dd>${merchant}</dd>
${amount !== undefined && html`<dt>Amount</dt><dd>${amount}</dd>`}
<dt>Card</dt><dd>${card}</dd>
<dt>Intent</dt><dd class="id">${intent}</dd>
</dl>
<form method="post">
<button type="submit" name="outcome" value="succeed">Complete authentication</button>
<button type="submit" name="outcome" value="fail" class="other">Fail authentication</button>
</form>
</section>`,
  })
}
