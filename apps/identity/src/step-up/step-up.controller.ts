import { identity, type RequestOf, type ResponseOf } from '#libs/contracts';
import { Rpc } from '#libs/transport';
import { Controller } from '@nestjs/common';
import { requireOwner } from '../caller.js';
import { StepUpService } from './step-up.service.js';

@Controller()
export class StepUpController {
  constructor(private readonly stepUps: StepUpService) {}

  @Rpc(identity.stepUp)
  stepUp(request: RequestOf<typeof identity.stepUp>): Promise<ResponseOf<typeof identity.stepUp>> {
    requireOwner(request.accountId);
    return this.stepUps.stepUp(request);
  }
}
