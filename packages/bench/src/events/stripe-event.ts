import { Buffer } from 'node:buffer'

/** `other` has characters outside Latin-1, for which V8 keeps twice as wide strings. */
export type Text = 'ascii' | 'other'

/**
 * A snapshot event of about the given length in bytes, pretty-printed as Stripe sends
 * them: an invoice with as many lines as fit. The same every time but for its id.
 */
export function createStripeEvent(bytes: number, text: Text = 'ascii'): Buffer {
  const words =
    text === 'ascii'
      ? { customer: 'Ada Lovelace', plan: 'Analytical engine, yearly' }
      : { customer: '日本語 株式会社 🎉', plan: '解析機関 – 年間プラン 🚀' }
  const lines: object[] = []
  const metadata: Record<string, string> = {}
  let event = toBytes(words.customer, lines, metadata)
  // Every step adds at least 30 bytes, so the loops end.
  for (;;) {
    const longer = toBytes(
      words.customer,
      [...lines, createLine(lines.length, words.plan)],
      metadata,
    )
    if (longer.length > bytes) break
    lines.push(createLine(lines.length, words.plan))
    event = longer
  }
  while (event.length < bytes) {
    metadata[`key_${Object.keys(metadata).length}`] = words.customer
    event = toBytes(words.customer, lines, metadata)
  }
  return event
}

const ID = `evt_1${'0'.repeat(23)}`

/** The same event with another id: the one thing by which a receiver tells events apart. */
export function withId(event: Buffer, number: number): Buffer {
  const renamed = Buffer.from(event)
  const digits = String(number).padStart(12, '0')
  renamed.write(digits, event.indexOf(ID) + ID.length - digits.length, 'latin1')
  return renamed
}

function toBytes(
  customer: string,
  lines: readonly object[],
  metadata: Readonly<Record<string, string>>,
): Buffer {
  const event = {
    id: ID,
    object: 'event',
    api_version: '2026-10-28.endive',
    created: 1_795_507_200,
    data: {
      object: {
        id: 'in_1SgkPb2eZvKYlo2CqzT4xH8M',
        object: 'invoice',
        amount_due: 4_900,
        currency: 'eur',
        customer: 'cus_TgkPq7Yw3nLbVd',
        customer_name: customer,
        lines: { object: 'list', data: lines, has_more: false },
        livemode: false,
        metadata,
        status: 'paid',
      },
    },
    livemode: false,
    pending_webhooks: 1,
    request: { id: null, idempotency_key: null },
    type: 'invoice.paid',
  }
  return Buffer.from(JSON.stringify(event, null, 2))
}

function createLine(index: number, plan: string): object {
  return {
    id: `il_1SgkPb2eZvKYlo2C${String(index).padStart(8, '0')}`,
    object: 'line_item',
    amount: 4_900 + index,
    currency: 'eur',
    description: `1 x ${plan}`,
    discountable: true,
    discounts: [],
    livemode: false,
    metadata: {},
    parent: {
      type: 'subscription_item_details',
      subscription_item_details: {
        proration: false,
        subscription: 'sub_1SgkPa2eZvKYlo2CdWqXyT5f',
        subscription_item: 'si_TgkPzS1bq8mR4k',
      },
    },
    period: { end: 1_827_043_200, start: 1_795_507_200 },
    quantity: 1,
    taxes: null,
  }
}
