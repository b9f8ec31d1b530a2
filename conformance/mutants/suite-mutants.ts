import { adapterMutants } from './adapters.ts'
import { applicationMutants } from './application.ts'
import { cardMutants } from './cards.ts'
import { deliveryMutants } from './deliveries.ts'
import { hostileMutants } from './hostile.ts'
import { httpMutants } from './http.ts'
import type { Mutant } from './mutant.ts'
import { orderMutants } from './order.ts'
import { paymentFaultMutants } from './payment-faults.ts'
import { processingMutants } from './processing.ts'
import { restartMutants } from './restarts.ts'
import { signatureBodyMutants } from './signature-body.ts'
import { signatureHeaderMutants } from './signature-header.ts'
import { signatureJudgementMutants } from './signature-judgement.ts'

/** Every target with a planted defect. */
export const suiteMutants: readonly Mutant[] = [
  ...signatureHeaderMutants,
  ...signatureJudgementMutants,
  ...signatureBodyMutants,
  ...httpMutants,
  ...hostileMutants,
  ...processingMutants,
  ...deliveryMutants,
  ...orderMutants,
  ...restartMutants,
  ...adapterMutants,
  ...applicationMutants,
  ...cardMutants,
  ...paymentFaultMutants,
]
