import { QueryClientProvider } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { RouterProvider } from 'react-router/dom';
import { antdLocaleOf, languageOf } from '../i18n/i18n';
import { sessionStore } from '../session/session-store';
import { ThemeProvider } from '../theme/theme-provider';
import { queryClient } from './query-client';
import { router } from './router';

export function ConsoleApp() {
  const { i18n } = useTranslation();
  useForgetOnAccountChange();
  return (
    <ThemeProvider locale={antdLocaleOf(languageOf(i18n.language))}>
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </ThemeProvider>
  );
}

/** What one account was shown is nothing for the next one that signs in, here or in another tab. */
function useForgetOnAccountChange(): void {
  useEffect(() => {
    let shown = sessionStore.get()?.account.id;
    return sessionStore.subscribe(() => {
      const accountId = sessionStore.get()?.account.id;
      if (accountId === shown) return;
      shown = accountId;
      queryClient.clear();
    });
  }, []);
}
