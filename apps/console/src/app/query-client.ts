import { QueryClient } from '@tanstack/react-query';
import { ApiProblem } from '../api/problem';

const RETRIES = 2;

/** Asking again helps when nobody answered; a refusal stays a refusal. Writes are repeated by people only. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      retry: (failures, error) =>
        failures < RETRIES && error instanceof ApiProblem && error.outcomeUnknown && error.status !== 500,
      refetchOnWindowFocus: false,
    },
    mutations: { retry: false, networkMode: 'always' },
  },
});
