/** What the core answers. An adapter writes it out as it is. */
export interface Reply {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** Close the connection after the answer: there is a body on it that nobody will read. */
  readonly close?: true
}

/** Everything that can become of a request to the webhook endpoint. */
export type Outcome =
  | 'processed'
  | 'stored'
  | 'ignored'
  | 'unmatched'
  | 'duplicate'
  | 'other_mode'
  | 'other_account'
  | 'signature_invalid'
  | 'event_invalid'
  | 'foreign_event'
  | 'body_aborted'
  | 'body_inexact'
  | 'method_not_allowed'
  | 'body_too_late'
  | 'in_flight'
  | 'body_too_large'
  | 'body_encoded'
  | 'handler_failed'
  | 'body_already_read'
  | 'internal_error'
  | 'store_unavailable'

const json = { 'content-type': 'application/json' }

/**
 * The one table from outcome to answer. A 2xx tells Stripe that the event is dealt with;
 * anything else makes it deliver again. The body shows in Stripe's dashboard, so it names
 * the outcome, and nothing else: what went wrong in detail is for the logger alone.
 */
export const replies: Readonly<Record<Outcome, Reply>> = {
  processed: accepted('processed'),
  stored: accepted('stored'),
  ignored: accepted('ignored'),
  unmatched: accepted('unmatched'),
  duplicate: accepted('duplicate'),
  other_mode: accepted('other_mode'),
  other_account: accepted('other_account'),
  signature_invalid: refused(400, 'signature_invalid'),
  event_invalid: refused(400, 'event_invalid'),
  foreign_event: refused(400, 'foreign_event'),
  body_aborted: { ...refused(400, 'body_aborted'), close: true },
  body_inexact: refused(400, 'body_inexact'),
  method_not_allowed: {
    ...refused(405, 'method_not_allowed', { ...json, allow: 'POST' }),
    close: true,
  },
  body_too_late: { ...refused(408, 'body_too_late'), close: true },
  in_flight: refused(409, 'in_flight'),
  body_too_large: { ...refused(413, 'body_too_large'), close: true },
  body_encoded: { ...refused(415, 'body_encoded'), close: true },
  handler_failed: refused(500, 'handler_failed'),
  body_already_read: refused(500, 'body_already_read'),
  internal_error: refused(500, 'internal_error'),
  store_unavailable: refused(503, 'store_unavailable'),
}

function accepted(outcome: Outcome): Reply {
  return { status: 200, headers: json, body: JSON.stringify({ outcome }) }
}

function refused(
  status: number,
  error: Outcome,
  headers: Reply['headers'] = json,
): Reply {
  return { status, headers, body: JSON.stringify({ error }) }
}

/** Adds `Retry-After`, spread over 1 to 5 seconds so that what failed together does not return together. */
export function retryLater(reply: Reply, random: () => number): Reply {
  const seconds = 1 + Math.floor(random() * 5)
  return { ...reply, headers: { ...reply.headers, 'retry-after': String(seconds) } }
}
