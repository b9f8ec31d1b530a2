import type { CampaignResult } from './verifier/run-campaign.ts'

/** From how many cases on shares are judged: in fewer, a rare outcome may be missing by chance. */
const JUDGED_FROM = 10_000

/** Says which outcome a campaign has not seen: it could not have noticed a defect there. */
export function findBlindness({ done, shares }: CampaignResult): string | undefined {
  if (done.node < JUDGED_FROM) return undefined
  const unseen = Object.entries(shares).filter(([, count]) => count === 0)
  if (unseen.length > 0)
    return `no case came out as ${unseen.map(([outcome]) => outcome).join(' or ')}`
  return shares.accepted * 3 < done.node
    ? `only ${shares.accepted} of ${done.node} cases were accepted: at least a third has to be`
    : undefined
}
