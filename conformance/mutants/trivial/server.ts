// Targets whose webhook route does one thing whatever it is sent. Everything else about
// them is honest, so that only the checks can catch them.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createHarness } from '../../src/harness/harness.ts'
import { readProcessEnvironment } from '../../src/target/environment.ts'

type Behaviour = (request: IncomingMessage, response: ServerResponse) => void

const always =
  (status: number): Behaviour =>
  (_, response) => {
    response.writeHead(status).end('{}')
  }

const behaviours: Readonly<Record<string, Behaviour>> = {
  'always-200': always(200),
  'always-400': always(400),
  'always-404': always(404),
  'always-500': always(500),
  echo: (request, response) => {
    response.writeHead(200)
    request.pipe(response)
  },
  hang: () => {},
  'crash-on-first-request': () => process.exit(1),
  'lies-about-itself': always(404),
  'lies-about-variants': always(200),
  'lies-about-effects': always(200),
  'knows-every-endpoint': always(200),
  'needs-no-token': always(200),
}

const [name = ''] = process.argv.slice(2)
const behaviour = behaviours[name]
if (behaviour === undefined) throw new Error(`there is no behaviour ${name}`)

const environment = readProcessEnvironment(process.env)
const harness = createHarness(environment, {
  implementation: {
    name,
    version: '0.0.0',
    language: 'typescript',
    // The one that lies about itself calls itself Express and names routes that it does not have.
    framework: name === 'lies-about-itself' ? 'express' : 'none',
    frameworkVersion: '0.0.0',
    url: 'https://example.com',
  },
  features: [],
  variants: [name === 'lies-about-variants' ? 'parser-keeps-bytes' : 'default'],
})

const entry = { eventId: 'evt_1', type: 'invoice.paid', account: null, payload: {} }

createServer((request, response) => {
  const { pathname } = new URL(request.url ?? '/', 'http://target')
  const ownPath = /^\/__conformance__\/(?:manifest|effects|state)$/
  if (pathname.endsWith('/webhooks/stripe')) {
    behaviour(request, response)
  } else if (name === 'lies-about-effects' && pathname.endsWith('/effects')) {
    response.end(JSON.stringify({ attempts: [entry], effects: [entry] }))
  } else if (name === 'knows-every-endpoint' && !ownPath.test(pathname)) {
    response.end('{}')
  } else if (pathname === '/sibling') {
    request.pipe(response)
  } else {
    if (name === 'needs-no-token')
      request.headers.authorization = `Bearer ${environment.token}`
    harness.middleware(request, response, () => response.writeHead(404).end())
  }
}).listen(environment.port, '127.0.0.1')
