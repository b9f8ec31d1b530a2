import type {
  CheckoutField,
  CheckoutProblem,
} from '../checkout/checkout-session-object.ts'
import { type Html, html } from './html.ts'
import { pageDocument } from './page-document.ts'

/** Everything that the page of an open Checkout Session shows, in words. */
export interface CheckoutPage {
  readonly merchant: string
  /** What is done here: `Pay`, `Subscribe`, `Save a card`. */
  readonly title: string
  /** The first thing that a buyer wants to know: `€20.00`, or `14 days free`. */
  readonly headline: string | undefined
  /** What goes with it: `per month`, or `Then €20.00 per month`. */
  readonly subline: string | undefined
  readonly lines: readonly CheckoutPageLine[]
  /** What is to be paid now, and what that is called: `Due today`, `€20.00`. */
  readonly total: { readonly label: string; readonly amount: string } | undefined
  /** Where a buyer goes who would rather not. */
  readonly cancelUrl: string | undefined
  readonly email: string
  /** Whether the customer has an e-mail already, which stays. */
  readonly isEmailFixed: boolean
  readonly name: string
  /** Nothing is asked about a card when nothing is to be paid. */
  readonly needsCard: boolean
  /** Over the form: `Pay by card`. */
  readonly formTitle: string
  readonly button: string
  readonly problem: CheckoutProblem | undefined
}

export interface CheckoutPageLine {
  readonly name: string
  readonly quantity: number
  /** Of all of them: `€40.00`. */
  readonly amount: string
  /** Of one, when there are more: `€20.00`. */
  readonly each: string | undefined
  /** `per month`, for what is subscribed to. */
  readonly rhythm: string | undefined
}

/** Numbers that show what each part of the page does. Source: https://docs.stripe.com/testing */
export const SHOWN_CARDS: readonly (readonly [number: string, outcome: string])[] = [
  ['4242 4242 4242 4242', 'succeeds'],
  ['5555 5555 5555 4444', 'succeeds (Mastercard)'],
  ['4000 0025 0000 3155', 'asks for 3D Secure'],
  ['4000 0027 6000 3184', 'asks for 3D Secure every time'],
  ['4000 0000 0000 0002', 'is declined'],
  ['4000 0000 0000 9995', 'is declined: insufficient funds'],
  ['4000 0000 0000 0069', 'is declined: expired card'],
  ['4000 0000 0000 0341', 'can be saved, and is declined later'],
  ['4000 0000 0000 0259', 'succeeds, and is disputed'],
]

/** The page of an open Checkout Session. */
export function checkoutPage(page: CheckoutPage): string {
  const { merchant, title } = page
  return pageDocument({
    title: `${page.problem === undefined ? '' : 'Error: '}${title} · ${merchant}`,
    columns: 'double',
    content: html`<section aria-labelledby="what">
${summary(page)}
</section>
<section class="panel" aria-labelledby="how">
<h2 id="how">${page.formTitle}</h2>
${page.problem && alert(page.problem)}
${form(page)}
${page.needsCard && cards()}
</section>`,
  })
}

function summary(page: CheckoutPage): Html {
  const { merchant, title, headline, subline, lines, total, cancelUrl } = page
  return html`${
    cancelUrl !== undefined &&
    html`<a class="back" href="${cancelUrl}"><span aria-hidden="true">←</span> Back to ${merchant}</a>`
  }
<h1 id="what">${title}</h1>
${headline !== undefined && html`<p class="amount">${headline}</p>`}
${subline !== undefined && html`<p class="then">${subline}</p>`}
${
  total &&
  html`<ul class="lines">
${lines.map(line)}
</ul>
<p class="total"><span>${total.label}</span> <span class="sum">${total.amount}</span></p>`
}`
}

function line({ name, quantity, amount, each, rhythm }: CheckoutPageLine): Html {
  return html`<li><span><strong>${name}</strong>${
    each !== undefined && html` <small>${quantity} × ${each}</small>`
  }</span> <span class="sum">${amount}${
    rhythm !== undefined && html` <small>${rhythm}</small>`
  }</span></li>
`
}

function alert({ message, field }: CheckoutProblem): Html {
  return html`<div class="alert" role="alert" id="problem">
<strong>This did not work.</strong>
${field === undefined ? message : html`<a href="#${field}">${message}</a>`}
</div>`
}

function form({
  email,
  isEmailFixed,
  name,
  needsCard,
  button,
  problem,
}: CheckoutPage): Html {
  const of = (field: CheckoutField) => attributesOf(field, problem)
  return html`<form method="post">
<div>
<label for="email">E-mail</label>
<input id="email" name="email" type="email" autocomplete="email" inputmode="email" maxlength="512" required value="${email}"${isEmailFixed && html` readonly`}${of('email')}>
${wrong('email', problem)}
</div>
${
  needsCard &&
  html`<div>
<label for="card">Card number</label>
<input id="card" name="card" type="text" autocomplete="cc-number" inputmode="numeric" maxlength="32" placeholder="1234 1234 1234 1234" required${of('card')}>
${wrong('card', problem)}
</div>
<div class="pair">
<div>
<label for="expiry">Expiry</label>
<input id="expiry" name="expiry" type="text" autocomplete="cc-exp" inputmode="numeric" maxlength="9" placeholder="MM / YY" required${of('expiry')}>
${wrong('expiry', problem)}
</div>
<div>
<label for="cvc">CVC</label>
<input id="cvc" name="cvc" type="text" autocomplete="cc-csc" inputmode="numeric" maxlength="4" placeholder="123" required${of('cvc')}>
${wrong('cvc', problem)}
</div>
</div>
<div>
<label for="name">Name on card</label>
<input id="name" name="name" type="text" autocomplete="cc-name" maxlength="200" required value="${name}"${of('name')}>
${wrong('name', problem)}
</div>`
}
<button type="submit">${button}</button>
</form>`
}

/** The field that is wrong is named as such, described, and where the page begins. */
function attributesOf(field: CheckoutField, problem: CheckoutProblem | undefined): Html {
  return problem?.field === field
    ? html` aria-invalid="true" aria-describedby="${field}-wrong" autofocus`
    : html``
}

function wrong(field: CheckoutField, problem: CheckoutProblem | undefined): Html {
  return problem?.field === field
    ? html`<p class="wrong" id="${field}-wrong">${problem.message}</p>`
    : html``
}

function cards(): Html {
  return html`<details>
<summary>Test card numbers</summary>
<dl>
${SHOWN_CARDS.map(([number, outcome]) => html`<dt>${number}</dt><dd>${outcome}</dd>\n`)}
</dl>
<p class="quiet">With any date to come and any three digits. Every test card of the emulator works here.</p>
</details>`
}
