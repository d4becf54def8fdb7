import { Button } from 'antd';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useRouteError } from 'react-router';
import { FullPage } from './full-page';

const RELOADED_AT = 'clearbid.reloaded-at';
const RELOAD_AGAIN_AFTER_MS = 60_000;

/** Shown instead of a page that threw. */
export function CrashPage() {
  const { t } = useTranslation();
  const error = useRouteError();
  const isOutdated = isMissingChunk(error);
  useEffect(() => {
    if (isOutdated) reloadOnce();
  }, [isOutdated]);
  return (
    <FullPage title={t('crash.title')} text={t('crash.text')}>
      <Button type="primary" onClick={() => window.location.reload()}>
        {t('crash.reload')}
      </Button>
    </FullPage>
  );
}

/** After a release, an open page asks for code that is no longer there: loading it anew brings the new one. */
function isMissingChunk(error: unknown): boolean {
  return (
    error instanceof TypeError && /dynamically imported module|Importing a module script/i.test(error.message)
  );
}

function reloadOnce(): void {
  const last = Number(sessionStorage.getItem(RELOADED_AT) ?? 0);
  if (Date.now() - last < RELOAD_AGAIN_AFTER_MS) return;
  sessionStorage.setItem(RELOADED_AT, String(Date.now()));
  window.location.reload();
}
