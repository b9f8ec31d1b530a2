import Koa from 'koa-3'
import type { Target } from '../../src/target.ts'
import { createKoaTarget } from '../koa/create-koa-target.ts'

const target: Target = createKoaTarget(Koa, 'koa-3')

export default target
