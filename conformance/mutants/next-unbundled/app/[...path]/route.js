// The routes of a target, handed over by the process that it runs in, so that their
// source can be changed without building anew. They are told apart by their port.
async function answer(request) {
  const { port } = new URL(`http://${request.headers.get('host')}`)
  return globalThis.countersignRoutes.get(port)(request)
}

export const GET = answer
export const POST = answer
