/** Gives back, at an operator's word, a payment that pays nothing here. The refunds' part of this service does it. */
export abstract class OperatorRefunds {
  /**
   * Once per attempt, however often it is asked for.
   *
   * @param attemptId of an attempt that is CONFLICTED.
   * @returns the refund's id.
   * @throws DomainError when the attempt can't be refunded.
   */
  abstract request(attemptId: string, operatorId: string, reason: string): Promise<string>;
}
