import { randomInt } from 'node:crypto';
import { DomainError } from '#libs/contracts';
import { GENES, IdGenerator, IdRefusedError } from '#libs/ids';
import { Injectable } from '@nestjs/common';

/** Ids of accounts and sessions. They belong to no table of a set, so their gene says nothing. */
@Injectable()
export class IdentityIds {
  constructor(private readonly generator: IdGenerator) {}

  /** @throws DomainError `UNAVAILABLE` while no id can be issued without the risk of issuing it twice */
  next(): string {
    try {
      return this.generator.nextId(randomInt(GENES));
    } catch (error) {
      if (!(error instanceof IdRefusedError)) throw error;
      throw new DomainError('UNAVAILABLE', 'No id can be issued at this moment: try again in a few seconds');
    }
  }
}
