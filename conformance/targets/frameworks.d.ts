// Both majors of a framework are installed under names of their own, for which nobody
// publishes types. The targets use no more of them than this.

declare module 'express-4' {
  const express: import('./express/create-express-target.ts').Express
  export default express
}

declare module 'express-5' {
  const express: import('./express/create-express-target.ts').Express
  export default express
}

declare module 'koa-2' {
  const Koa: new () => import('./koa/create-koa-target.ts').Koa
  export default Koa
}

declare module 'koa-3' {
  const Koa: new () => import('./koa/create-koa-target.ts').Koa
  export default Koa
}
