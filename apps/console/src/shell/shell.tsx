import { useTranslation } from 'react-i18next';
import { Link, Outlet, ScrollRestoration, useMatches, useNavigation } from 'react-router';
import { ForbiddenPage } from '../app/not-found-page';
import type { PageHandle } from '../app/router';
import { usePush } from '../push/use-push';
import { useAccount } from '../session/use-session';
import { Brand } from '../ui/brand';
import { useIsNarrow } from '../ui/use-media';
import { AccountButton } from './account-button';
import { ConnectionIndicator } from './connection-indicator';
import { Navigation } from './navigation';
import styles from './shell.module.css';

/** What stands around every page of a signed-in account. */
export function Shell() {
  const { t } = useTranslation();
  const isNarrow = useIsNarrow();
  const isLoading = useNavigation().state !== 'idle';
  usePush();
  return (
    <div className={styles.shell}>
      <a className={styles.skip} href="#content">
        {t('skipToContent')}
      </a>
      {isNarrow ? <PhoneBars /> : <SideBar />}
      <main id="content" tabIndex={-1} className={styles.content} aria-busy={isLoading}>
        {isLoading && <div className={styles.progress} />}
        <PermittedOutlet />
      </main>
      <ScrollRestoration />
    </div>
  );
}

function SideBar() {
  return (
    <aside className={styles.side}>
      <Link to="/" className={styles.home}>
        <Brand />
      </Link>
      <Navigation placement="side" />
      <div className={styles.sideEnd}>
        <ConnectionIndicator />
        <AccountButton />
      </div>
    </aside>
  );
}

function PhoneBars() {
  return (
    <>
      <header className={styles.top}>
        <Link to="/" className={styles.home}>
          <Brand />
        </Link>
        <span className={styles.topEnd}>
          <ConnectionIndicator />
          <AccountButton />
        </span>
      </header>
      <Navigation placement="bottom" />
    </>
  );
}

function PermittedOutlet() {
  const { permissions } = useAccount();
  const needed = useMatches().map(({ handle }) => (handle as PageHandle | undefined)?.permission);
  const isAllowed = needed.every(
    (permission) => permission === undefined || permissions.includes(permission),
  );
  return isAllowed ? <Outlet /> : <ForbiddenPage />;
}
