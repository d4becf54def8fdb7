import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from 'react-router';
import { answerOf, api } from '../../api/client';
import { ApiProblem } from '../../api/problem';
import { queryKeys } from '../../api/query-keys';
import { useAccount } from '../../session/use-session';
import { randomKey } from '../recharge/random-key';
import type { useStepUp } from '../step-up/use-step-up';
import { WithdrawalIntents } from './withdrawal-intent';

const intents = new WithdrawalIntents(sessionStorage, randomKey);

interface NewWithdrawal {
  readonly amount: string;
  readonly payoutAccountId: string;
}

/** Asks for a withdrawal, with the password if that is wanted, and leads on to its page. */
export function useCreateWithdrawal(withPassword: ReturnType<typeof useStepUp>['withPassword']) {
  const { id: accountId } = useAccount();
  const queries = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: (body: NewWithdrawal) =>
      withPassword((header) => {
        const key = intents.keyOf({ accountId, ...body });
        return answerOf(
          api.POST('/v1/withdrawals', { params: { header: { ...header, 'idempotency-key': key } }, body }),
        );
      }),
    onSuccess: async (withdrawal) => {
      intents.fulfilled();
      await navigate(`/withdrawals/${withdrawal.id}`);
    },
    onError: (error) => {
      if (error instanceof ApiProblem) intents.failed(error);
    },
    onSettled: () => {
      void queries.invalidateQueries({ queryKey: queryKeys.withdrawals });
      void queries.invalidateQueries({ queryKey: queryKeys.allEarnings });
    },
  });
}
