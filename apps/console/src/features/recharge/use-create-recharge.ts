import { useMutation, useQueryClient, type UseMutationResult } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useNavigate } from 'react-router';
import { answerOf, api, type Schemas } from '../../api/client';
import { ApiProblem } from '../../api/problem';
import { queryKeys } from '../../api/query-keys';
import { renewalSettled } from '../../session/access-token';

import { useAccount } from '../../session/use-session';
import { payLinkOf } from '../order/pay-link';
import { randomKey } from './random-key';
import { RechargeIntents } from './recharge-intent';

type Recharge = Schemas['Recharge'];

export type NewRecharge = Pick<Recharge, 'amount' | 'channel' | 'method'> & { readonly offerId?: string };

const intents = new RechargeIntents(sessionStorage, randomKey);

interface CreateRecharge {
  readonly creation: UseMutationResult<Recharge, Error, NewRecharge>;
  /** The order exists, and the browser is on its way to the cashier. */
  readonly isLeaving: boolean;
}

/** Makes the order and leads on to where it is paid. */
export function useCreateRecharge(): CreateRecharge {
  const { id: accountId } = useAccount();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [isLeaving, setLeaving] = useState(false);
  useEffect(() => {
    // The browser's back button brings this page as it was left: leaving.
    const onShow = (event: PageTransitionEvent): void => {
      if (event.persisted) setLeaving(false);
    };
    window.addEventListener('pageshow', onShow);
    return () => window.removeEventListener('pageshow', onShow);
  }, []);

  const creation = useMutation({
    mutationFn: (body: NewRecharge) => {
      const header = { 'idempotency-key': intents.keyOf({ accountId, ...body }) };
      return answerOf(api.POST('/v1/recharges', { params: { header }, body }));
    },
    onSuccess: async (recharge) => {
      intents.fulfilled();
      queries.setQueryData(queryKeys.recharge(recharge.id), recharge);
      void queries.invalidateQueries({ queryKey: queryKeys.rechargeLists });
      const link = payLinkOf(recharge);
      // Scanned, still being prepared, or paid already: another tab was faster with the same key.
      if (link === null || recharge.state !== 'PAYING') {
        await navigate(`/recharges/${recharge.id}`);
        return;
      }
      setLeaving(true);
      await renewalSettled();
      window.location.assign(link);
    },
    onError: (error) => {
      if (error instanceof ApiProblem && error.code === 'IDEMPOTENCY_KEY_REUSED') intents.fulfilled();
    },
  });
  return { creation, isLeaving };
}
