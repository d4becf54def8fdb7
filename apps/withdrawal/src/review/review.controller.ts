import { Controller } from '@nestjs/common';
import { type RequestOf, type ResponseOf, withdrawal } from '#libs/contracts';
import { Rpc } from '#libs/transport';
import { ReviewService } from './review.service.js';

/** What operators do. */
@Controller()
export class ReviewController {
  constructor(private readonly reviews: ReviewService) {}

  @Rpc(withdrawal.listForReview)
  list(
    request: RequestOf<typeof withdrawal.listForReview>,
  ): Promise<ResponseOf<typeof withdrawal.listForReview>> {
    return this.reviews.list(request);
  }

  @Rpc(withdrawal.approveWithdrawal)
  approve(request: RequestOf<typeof withdrawal.approveWithdrawal>): Promise<withdrawal.ReviewItem> {
    return this.reviews.approve(request);
  }

  @Rpc(withdrawal.rejectWithdrawal)
  reject(request: RequestOf<typeof withdrawal.rejectWithdrawal>): Promise<withdrawal.ReviewItem> {
    return this.reviews.reject(request);
  }

  @Rpc(withdrawal.approveMany)
  approveMany(
    request: RequestOf<typeof withdrawal.approveMany>,
  ): Promise<ResponseOf<typeof withdrawal.approveMany>> {
    return this.reviews.approveMany(request);
  }
}
