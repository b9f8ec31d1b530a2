import { defineConfig } from './src/index.ts'
import express4 from './targets/express-4/target.ts'
import express5 from './targets/express-5/target.ts'
import koa2 from './targets/koa-2/target.ts'
import koa3 from './targets/koa-3/target.ts'
import next15 from './targets/next-15/target.ts'
import next16 from './targets/next-16/target.ts'
import remix2 from './targets/remix-2/target.ts'
import { crashable } from './targets/stores/crashable.ts'

export default defineConfig({
  targets: {
    'express-4': express4,
    'express-5': crashable(
      express5,
      new URL('targets/express-5/target.ts', import.meta.url),
    ),
    'koa-2': koa2,
    'koa-3': koa3,
    'remix-2': remix2,
    'next-15': next15,
    'next-16': next16,
  },
})
