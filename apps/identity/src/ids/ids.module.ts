import { Module } from '@nestjs/common';
import { IdentityIds } from './identity-ids.js';

/** Ids from the generator that stands beside the database. */
@Module({ providers: [IdentityIds], exports: [IdentityIds] })
export class IdsModule {}
