import { getHarness } from '../../billing.js'

const answer = (request) => getHarness().fetch(request)

export const GET = answer
export const POST = answer
