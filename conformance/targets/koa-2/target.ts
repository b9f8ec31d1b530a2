import Koa from 'koa-2'
import type { Target } from '../../src/target.ts'
import { createKoaTarget } from '../koa/create-koa-target.ts'

const target: Target = createKoaTarget(Koa, 'koa-2')

export default target
