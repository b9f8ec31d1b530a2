/** Why a webhook was refused, as likely as can be told. */
export type RejectionCause =
  | 'no_header'
  | 'two_headers'
  | 'malformed_header'
  | 'clock_skew'
  | 'stale_signature'
  | 'empty_body'
  | 'compressed_body'
  | 'byte_order_mark'
  | 'newline_changed'
  | 'charset_changed'
  | 'reserialised_body'
  | 'cut_body'
  | 'wrong_secret'
  | 'unknown_sender'
  | 'not_an_event'
  | 'body_too_large'
  | 'body_too_late'
  | 'body_aborted'
  | 'body_inexact'
  | 'body_encoded'

/** What is to be said of one cause: what was seen, and what to do about it. */
interface Advice {
  readonly what: string
  readonly cure: string
}

/**
 * Everything that a webhook is refused for, with its cure. The texts are constants: what a
 * sender has sent is never quoted, since it may hold anything.
 */
export const causes: Readonly<Record<RejectionCause, Advice>> = {
  no_header: {
    what: 'it has no Stripe-Signature header',
    cure: 'If Stripe sent it, something in front of this application drops the header: let it pass. Anything else that posts here is not Stripe.',
  },
  two_headers: {
    what: 'it has two Stripe-Signature headers',
    cure: 'Stripe sends one: a proxy in front of this application adds another, or copies it. Have it pass the header on once.',
  },
  malformed_header: {
    what: 'its Stripe-Signature header is not of the form t=…,v1=…',
    cure: 'Stripe sends no such header. If a proxy or a test made it, pass on exactly what Stripe sent, or use stripe.webhooks.generateTestHeaderString.',
  },
  clock_skew: {
    what: 'it was rightly signed, at a time that is still to come here',
    cure: "This machine's clock is behind: synchronise it (NTP). Do not raise toleranceSeconds instead.",
  },
  stale_signature: {
    what: 'it was rightly signed, but too long ago',
    cure: "Either somebody replayed it, or something held it back on its way (Stripe signs every delivery anew), or this machine's clock is ahead: compare it with NTP.",
  },
  empty_body: {
    what: 'it has a signature and no body',
    cure: 'The body was lost on its way: a redirect (http to https, with or without www or a final slash) turned the POST into another request, or something read the body first. Give Stripe the final URL.',
  },
  compressed_body: {
    what: 'its body is compressed with gzip, and Stripe signs what is not',
    cure: 'Something in front of this application compresses requests: switch that off for this route.',
  },
  byte_order_mark: {
    what: 'its body begins with a byte order mark that was not signed, and is right without it',
    cure: 'Something in front of this application decodes the body and encodes it again: have it pass the bytes on.',
  },
  newline_changed: {
    what: 'its body has other line breaks than what was signed, and is right with those',
    cure: 'Something in front of this application adds, drops or converts line breaks: have it pass the bytes on.',
  },
  charset_changed: {
    what: 'its body was decoded with one character set and encoded with another',
    cure: 'Something in front of this application treats the body as text: have it pass the bytes on, or read and write it as UTF-8.',
  },
  reserialised_body: {
    what: 'its body was parsed and written anew, so its bytes are no longer those that Stripe signed',
    cure: 'Hand over the bytes as they arrived, not JSON.stringify of the parsed body: mount the webhook route before any body parser, and let proxies pass the body on untouched.',
  },
  cut_body: {
    what: 'its body breaks off before its end',
    cure: 'Something in front of this application cuts bodies at a limit: raise it to 1 MB for this route.',
  },
  wrong_secret: {
    what: 'its body seems untouched, and no configured secret has signed it',
    cure: "Each endpoint has a signing secret of its own. Copy this endpoint's from the Dashboard (Webhooks) or, behind the Stripe CLI, the one that stripe listen prints.",
  },
  unknown_sender: {
    what: 'no configured secret has signed it, and its body is no event of Stripe',
    cure: 'If this is not a test of yours, somebody probes the route. Nothing has to be done.',
  },
  not_an_event: {
    what: 'it was rightly signed, and its body is no event',
    cure: 'Send this route what Stripe delivers to webhook endpoints, and nothing else that is signed with their secrets.',
  },
  body_too_large: {
    what: 'its body is longer than limits.bodyBytes',
    cure: 'Events are far smaller. If yours are not, raise limits.bodyBytes.',
  },
  body_too_late: {
    what: 'its body did not arrive within limits.bodyTimeoutMs',
    cure: 'The sender, or something between, stalls. If your network is that slow, raise limits.bodyTimeoutMs.',
  },
  body_aborted: {
    what: 'its sender went away before the body had arrived',
    cure: 'Stripe delivers again. If it happens often, look for a proxy with a short timeout.',
  },
  body_inexact: {
    what: 'a body parser has kept its body as text, and the bytes that were signed cannot be told from that',
    cure: 'Let the parser keep bytes, or mount the webhook route before it.',
  },
  body_encoded: {
    what: 'it has a Content-Encoding',
    cure: 'Stripe sends none: something in front of this application compresses requests. Switch that off for this route.',
  },
}
