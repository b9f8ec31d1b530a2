import type { Scenario } from './scenario.ts'
import {
  advance,
  CHANGE,
  cardOnFile,
  customer,
  customerOnClock,
  price,
  product,
} from './steps.ts'

const item: Scenario = [
  customer,
  {
    call: 'POST /v1/invoiceitems',
    params: { customer: '{customer.id}', amount: 2_000, currency: 'eur' },
    as: 'item',
  },
]
const draft: Scenario = [
  ...item,
  {
    call: 'POST /v1/invoices',
    params: {
      customer: '{customer.id}',
      currency: 'eur',
      pending_invoice_items_behavior: 'include',
    },
    as: 'invoice',
  },
]
const open: Scenario = [
  ...draft,
  { call: 'POST /v1/invoices/{invoice.id}/finalize', params: { auto_advance: false } },
]

/** An invoice that the customer is to pay, and is asked to. */
const sent: Scenario = [
  ...customerOnClock,
  ...draft
    .filter((step) => step !== customer)
    .map((step) =>
      step.as === 'invoice'
        ? {
            ...step,
            params: {
              ...step.params,
              collection_method: 'send_invoice',
              days_until_due: 1,
            },
          }
        : step,
    ),
  { call: 'POST /v1/invoices/{invoice.id}/send' },
]

/** Pays an open invoice with a card. */
function pay(card: string, isDeclined = false): Scenario {
  return [
    customer,
    ...cardOnFile(card),
    ...open.filter((step) => step !== customer),
    { call: 'POST /v1/invoices/{invoice.id}/pay', isDeclined },
  ]
}

const session: Scenario = [
  {
    call: 'POST /v1/checkout/sessions',
    params: {
      mode: 'payment',
      success_url: 'https://example.com/success?session={CHECKOUT_SESSION_ID}',
      line_items: [
        {
          quantity: 1,
          price_data: {
            currency: 'eur',
            unit_amount: 2_000,
            product_data: { name: 'T-shirt' },
          },
        },
      ],
    },
    as: 'session',
  },
]
const priceUpdated: Scenario = [
  product,
  price,
  { call: 'POST /v1/prices/{price.id}', params: CHANGE },
]
const productUpdated: Scenario = [
  product,
  { call: 'POST /v1/products/{product.id}', params: CHANGE },
]

/** Customers, the catalogue, Checkout and single invoices. */
export const billingScenarios: Readonly<Record<string, Scenario>> = {
  'checkout.session.completed': [
    ...session,
    {
      call: 'POST /_emulator/checkout/complete',
      params: { session: '{session.id}', card: 'pm_card_visa' },
    },
  ],
  'checkout.session.expired': [
    ...session,
    { call: 'POST /v1/checkout/sessions/{session.id}/expire' },
  ],
  'customer.created': [customer],
  'customer.deleted': [customer, { call: 'DELETE /v1/customers/{customer.id}' }],
  'customer.updated': [
    customer,
    { call: 'POST /v1/customers/{customer.id}', params: CHANGE },
  ],
  'invoice.created': draft,
  'invoice.deleted': [...draft, { call: 'DELETE /v1/invoices/{invoice.id}' }],
  'invoice.finalized': open,
  'invoice.marked_uncollectible': [
    ...open,
    { call: 'POST /v1/invoices/{invoice.id}/mark_uncollectible' },
  ],
  'invoice.overdue': [...sent, ...advance(2 * 86_400)],
  'invoice.paid': pay('pm_card_visa'),
  'invoice.payment_failed': pay('pm_card_chargeCustomerFail', true),
  'invoice.payment_succeeded': pay('pm_card_visa'),
  'invoice.sent': sent,
  'invoice.updated': [
    ...draft,
    { call: 'POST /v1/invoices/{invoice.id}', params: CHANGE },
  ],
  'invoice.voided': [...open, { call: 'POST /v1/invoices/{invoice.id}/void' }],
  'invoice_payment.paid': pay('pm_card_visa'),
  'invoiceitem.created': item,
  'invoiceitem.deleted': [...item, { call: 'DELETE /v1/invoiceitems/{item.id}' }],
  'plan.created': [product, price],
  'plan.updated': priceUpdated,
  'price.created': [product, price],
  'price.updated': priceUpdated,
  'product.created': [product],
  'product.deleted': [product, { call: 'DELETE /v1/products/{product.id}' }],
  'product.updated': productUpdated,
}
