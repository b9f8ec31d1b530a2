export { respondByHand as POST } from '../../../src/servers/respond-by-hand.ts'
