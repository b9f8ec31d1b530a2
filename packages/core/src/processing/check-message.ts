import { BillingError } from '../errors/billing-error.ts'
import type { OutboxMessage } from '../store/outbox-store.ts'

/** @throws BillingError `outbox_message_invalid` */
export function checkMessage(message: OutboxMessage): void {
  const { topic, key, payload } = message
  const isText = (value: unknown) => typeof value === 'string' && value !== ''
  const problem = !isText(topic)
    ? 'its topic is no text, or empty'
    : !isText(key)
      ? 'its key is no text, or empty'
      : isJson(payload)
        ? undefined
        : 'its payload is nothing that JSON can hold'
  if (problem === undefined) return
  throw new BillingError(
    'outbox_message_invalid',
    `A message for the outbox was refused: ${problem}. Write { topic: 'receipt', key: \`receipt of \${invoice.id}\`, payload: { … } }.`,
  )
}

function isJson(value: unknown): boolean {
  try {
    return JSON.stringify(value) !== undefined
  } catch {
    return false
  }
}
