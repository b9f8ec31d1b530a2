import { startStripeMock } from '@countersign/stripe-mock'

const stripeMock = await startStripeMock()
console.log(stripeMock.source, stripeMock.version)
await stripeMock.stop()
