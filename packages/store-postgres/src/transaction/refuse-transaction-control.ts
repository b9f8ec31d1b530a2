import { BillingError } from '@countersign/core'

/** What is no SQL, or hides some: texts, quoted names, and comments. */
const OPAQUE =
  /\bE'(?:[^'\\]|''|\\.)*'|'(?:[^']|'')*'|"[^"]*"|\$(\w*)\$[\s\S]*?\$\1\$|--[^\n]*|\/\*[\s\S]*?\*\//gis

const CONTROL =
  /^(?:BEGIN|START\s+TRANSACTION|COMMIT|END|ABORT|PREPARE\s+TRANSACTION|ROLLBACK(?!\s+(?:(?:WORK|TRANSACTION)\s+)?TO\b))\b/i

/**
 * Refuses SQL that begins or ends a transaction. Savepoints are let through.
 *
 * @throws BillingError `transaction_closed`
 */
export function refuseTransactionControl(text: string): void {
  const isControl = text
    .replace(OPAQUE, ' ')
    .split(';')
    .some((statement) => CONTROL.test(statement.trim()))
  if (!isControl) return
  throw new BillingError(
    'transaction_closed',
    'A query of tx would begin or end a transaction. The transaction is committed when the callback of context.transaction ends, and rolled back when it throws; inside it use SAVEPOINT and ROLLBACK TO SAVEPOINT.',
  )
}
