import express from 'express-5'
import type { Target } from '../../src/target.ts'
import { createExpressTarget } from '../express/create-express-target.ts'

const target: Target = createExpressTarget(express, 'express-5', { stores: true })

export default target
