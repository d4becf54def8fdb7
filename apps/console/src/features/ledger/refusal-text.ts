import { useTranslation } from 'react-i18next';

const KNOWN = ['INSUFFICIENT_FUNDS', 'ACCOUNT_FROZEN', 'BALANCE_OUT_OF_RANGE', 'EXTERNAL_ID_TAKEN'] as const;

/** Why the ledger has refused a transfer, in the reader's language. */
export function useRefusalText(): (code: string) => string {
  const { t } = useTranslation();
  return (code) => {
    const known = KNOWN.find((each) => each === code);
    return known ? t(`problem.codes.${known}`) : code;
  };
}
