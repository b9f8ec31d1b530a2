import { matching, page as pageOf } from '../api/list.ts'
import { flag, mergeMetadata, nested } from '../api/params.ts'
import { type Call, idAt, type Route } from '../api/route.ts'
import { invalidRequest, noSuch } from '../api/stripe-error.ts'
import { changeOf } from '../state/change.ts'
import { type Context, contextOf, emitChange } from '../state/context.ts'
import { concede, isAnswerable, submitEvidence } from './dispute.ts'
import { hasEvidence, mergeEvidence } from './dispute-evidence.ts'
import type { Dispute } from './dispute-object.ts'

const unverified = [
  'the wording of the refusal to answer a dispute that is closed or under review',
  'when a verdict follows, and that a dispute is lost at its due date',
]
const missing = ['whether enhanced evidence makes a dispute qualify']

export const disputeRoutes: readonly Route[] = [
  { operation: 'GET /v1/disputes', run: page },
  { operation: 'GET /v1/disputes/{dispute}', run: find },
  {
    operation: 'POST /v1/disputes/{dispute}',
    run: (call) => update(call, find(call)),
    missing,
    unverified,
  },
  {
    operation: 'POST /v1/disputes/{dispute}/close',
    run: (call) => close(call, find(call)),
    unverified,
  },
  { operation: 'GET /v1/charges/{charge}/dispute', run: ofCharge },
  {
    operation: 'POST /v1/charges/{charge}/dispute',
    run: (call) => update(call, ofCharge(call)),
    missing,
    unverified,
  },
  {
    operation: 'POST /v1/charges/{charge}/dispute/close',
    run: (call) => close(call, ofCharge(call)),
    unverified,
  },
]

function page({ account, params }: Call): unknown {
  const isWanted = matching(params, ['charge', 'payment_intent'])
  return pageOf(account.disputes, '/v1/disputes', params, isWanted)
}

function find(call: Call): Dispute {
  return call.account.disputes.get(idAt(call), 'dispute')
}

function ofCharge(call: Call): Dispute {
  const charge = call.account.charges.get(idAt(call), 'charge')
  const dispute = call.account.disputes.where('charge', charge.id).at(-1)
  if (dispute === undefined) throw noSuch('dispute', charge.id, 'charge', 404)
  return dispute
}

function update(call: Call, dispute: Dispute): Dispute {
  const { params } = call
  const given = nested(params, 'evidence')
  const submit = flag(params, 'submit') ?? given !== undefined
  if (given !== undefined || submit) expectAnswerable(dispute)
  const metadata = mergeMetadata(dispute.metadata, params)
  const evidence =
    given === undefined ? dispute.evidence : mergeEvidence(dispute.evidence, given)
  const since = changeOf(dispute)
  dispute.metadata = metadata
  dispute.evidence = evidence
  dispute.evidence_details = {
    ...dispute.evidence_details,
    has_evidence: hasEvidence(evidence),
  }
  const context = contextFor(call, dispute)
  if (submit) submitEvidence(context, dispute)
  emitChange(context, 'charge.dispute.updated', dispute, since.previousAttributes())
  return dispute
}

function close(call: Call, dispute: Dispute): Dispute {
  expectAnswerable(dispute)
  concede(contextFor(call, dispute), dispute)
  return dispute
}

function expectAnswerable(dispute: Dispute): void {
  if (isAnswerable(dispute)) return
  throw invalidRequest(
    dispute.status.endsWith('under_review')
      ? 'This dispute has already been submitted: its evidence is under review.'
      : 'This dispute is already closed',
  )
}

function contextFor(call: Call, dispute: Dispute): Context {
  return contextOf(call, call.account.charges.get(dispute.charge).customer)
}
